"""What a person sees of a run: leaderboard and progress."""

from automl.report.leaderboard import leaderboard
from automl.report.progress import Progress

__all__ = ["Progress", "leaderboard"]

"""What a person sees of a run: leaderboard and progress."""

from automl.report.leaderboard import leaderboard, leaderboard_of_each, tried
from automl.report.progress import Progress

__all__ = ["Progress", "leaderboard", "leaderboard_of_each", "tried"]

"""Steps between the encoded matrix and a learner, each fitted on training rows only."""

from automl.pipelines.preprocessing.assembly import Prepared, after_screen, is_wide, prepare
from automl.pipelines.preprocessing.features import feature_choices

__all__ = ["Prepared", "after_screen", "feature_choices", "is_wide", "prepare"]

"""Steps between the encoded matrix and a learner, each fitted on training rows only."""

from automl.pipelines.preprocessing.assembly import Prepared, prepare
from automl.pipelines.preprocessing.features import feature_choices

__all__ = ["Prepared", "feature_choices", "prepare"]

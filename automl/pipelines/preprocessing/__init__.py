"""Steps between the encoded matrix and a learner, each fitted on training rows only."""

from automl.pipelines.preprocessing.assembly import Prepared, prepare

__all__ = ["Prepared", "prepare"]

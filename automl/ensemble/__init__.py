"""Which pipelines together predict best, from stored out-of-fold predictions."""

from automl.ensemble.model import EnsembleModel, Member
from automl.ensemble.per_target import ModelPerTarget
from automl.ensemble.postprocess import Postprocess, postprocess
from automl.ensemble.selection import MOST_MEMBERS, greedy_weights, select_weights

__all__ = [
    "MOST_MEMBERS",
    "EnsembleModel",
    "Member",
    "ModelPerTarget",
    "Postprocess",
    "greedy_weights",
    "postprocess",
    "select_weights",
]

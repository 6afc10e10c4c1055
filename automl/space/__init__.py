"""Parameters, conditions, and spaces as trees.

A space is a tuple of parameters, parents before children; a child is active only while its parent
has one of the declared values. A configuration holds active parameters only, so that two of them
are equal exactly when they describe the same thing to run.
"""

from automl.space.config import Config
from automl.space.parameters import Categorical, Float, Integer, Parameter, When
from automl.space.space import Space
from automl.space.values import Value

__all__ = ["Categorical", "Config", "Float", "Integer", "Parameter", "Space", "Value", "When"]

"""A data set as a short, named vector of floats, by which similar ones are found."""

from __future__ import annotations

from automl.metafeatures.extract import extract

__all__ = ["extract"]

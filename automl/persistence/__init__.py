"""Saved models: one file, of which nothing is run before its origin is known.

Reasons are in docs/adr/0015-model-files.md.
"""

from automl.persistence.files import FORMAT_VERSION, load, read_manifest, save

__all__ = ["FORMAT_VERSION", "load", "read_manifest", "save"]

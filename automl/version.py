"""The version of the package, told in one place."""

__all__ = ["VERSION"]

VERSION = "0.1.0"

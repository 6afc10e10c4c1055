"""The package openml, imported late, and its errors in one sentence each."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from automl.exceptions import AutoMLError, OpenMLError

__all__ = ["openml_client", "readable_errors", "require_key"]

_UNKNOWN = {111: "data set", 151: "task", 601: "suite"}
"""Codes of the server for what it does not have."""
_AUTHENTICATION = (102, 103, 104)


def openml_client() -> ModuleType:
    """Return the package openml, with its scikit-learn extension.

    Raises
    ------
    OpenMLError
        If another package has put a second scikit-learn extension beside it, or its configuration
        file cannot be read.
    """
    if importlib.util.find_spec("openml_sklearn") is not None:
        raise OpenMLError(
            "`automl.openml` works with openml 0.15 and the scikit-learn extension inside it; the "
            "package openml-sklearn is installed beside it and breaks both: uninstall it."
        )
    try:
        import openml
    except ValueError as error:
        raise OpenMLError(
            f"The configuration file of openml cannot be read ({_first_line(error)}): leave only "
            "lines such as `apikey = ...` in it; `openml configure` of version 0.15 writes others."
        ) from error
    return openml


def require_key() -> None:
    """Refuse to go on towards an upload without a key.

    Raises
    ------
    OpenMLError
        If no API key is configured.
    """
    if not openml_client().config.apikey:
        raise OpenMLError(
            "`publish` needs the API key of an OpenML account, none is configured: write `apikey = "
            "...` into the configuration file of openml (docs/openml.md), or leave `publish` out."
        )


@contextmanager
def readable_errors(what: str) -> Iterator[None]:
    """Turn what goes wrong between here and the server into one sentence.

    Parameters
    ----------
    what : str
        What is asked for, such as "task 31".

    Raises
    ------
    OpenMLError
        In place of whatever openml and the network raise.
    """
    openml = openml_client()
    import requests

    server = openml.config.get_server_base_url()
    try:
        yield
    except AutoMLError:
        raise
    except requests.exceptions.RequestException as error:
        raise OpenMLError(
            f"OpenML at {server} could not be reached for {what} ({type(error).__name__}): check "
            "the network; what is in the cache of openml needs none."
        ) from error
    except openml.exceptions.OpenMLNotAuthorizedError as error:
        raise _refused_key(server, what) from error
    except openml.exceptions.OpenMLServerException as error:
        if error.code in _AUTHENTICATION:
            raise _refused_key(server, what) from error
        if error.code in _UNKNOWN:
            raise OpenMLError(
                f"OpenML at {server} has no such {_UNKNOWN[error.code]}, asked for {what}: look "
                "its number up on the server's web pages."
            ) from error
        raise OpenMLError(
            f"OpenML at {server} refused {what} with code {error.code} ({error.message}): correct "
            "that and try again."
        ) from error
    except Exception as error:  # the client raises whatever its parsers do
        raise OpenMLError(
            f"openml failed on {what} ({type(error).__name__}: {_first_line(error)}): check that "
            f"{server} is an OpenML server and that its cache is whole."
        ) from error


def _refused_key(server: str, what: str) -> OpenMLError:
    return OpenMLError(
        f"OpenML at {server} did not accept the API key for {what}: correct `apikey = ...` in the "
        "configuration file of openml."
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0].rstrip(".")

"""Models without a pickle: a tree of data in the format of skops, of listed types only.

Each node of the tree says which type is to be made, and how. skops has a list of types of its own
that grows with its versions; the tree is held against the one in `automl.persistence.types` before
skops sees it, when it is written and when it is read.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from automl.exceptions import MissingDependencyError, ModelFileError
from automl.persistence.types import MADE, ROOTS

__all__ = ["dump_safe", "load_safe", "require_skops"]

_TREE = "schema.json"


def require_skops() -> Any:
    """Import what reads and writes the format.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        import skops.io
    except ImportError as error:
        raise MissingDependencyError(
            "`format='skops'` needs the package skops, which is not installed: "
            "pip install 'automl[safe]'."
        ) from error
    return skops.io


def dump_safe(model: Any) -> bytes:
    """Turn a fitted model into bytes that hold data only.

    Parameters
    ----------
    model : fitted estimator

    Returns
    -------
    bytes

    Raises
    ------
    ModelFileError
        If the model holds a type that is not listed.
    MissingDependencyError
        If skops is not installed.
    """
    skops = require_skops()
    try:
        content = bytes(skops.dumps(_with_plain_settings(model)))
    except (TypeError, ValueError, RecursionError) as error:  # as skops says of what it cannot hold
        raise ModelFileError(
            f"`format` must be 'joblib' for this model; 'skops' cannot hold a part of it ({error})"
            ": leave it out."
        ) from error
    for name in _strangers(_tree(content)):
        raise ModelFileError(
            f"`format` must be 'joblib' for this model; 'skops' may not hold the {name} in it: "
            "leave it out."
        )
    return content


def load_safe(content: bytes, path: str | Path) -> Any:
    """Make a model of what `dump_safe` wrote.

    Parameters
    ----------
    content : bytes
        May come from anybody.
    path : str or Path
        Where they come from, for messages.

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor

    Raises
    ------
    ModelFileError
        If it is damaged or names a type that is not listed: nothing is made then.
    MissingDependencyError
        If skops is not installed.
    """
    skops = require_skops()
    try:
        tree = _tree(content)
        stranger = next(_strangers(tree), None)
        if stranger is None:
            return skops.loads(content, trusted=sorted(set().union(*MADE.values())))
    except Exception as error:  # files of strangers fail with anything; the cause is kept
        raise ModelFileError(
            f"`path` must hold a complete model; {path} could not be read "
            f"({type(error).__name__}: {error}): save it again."
        ) from error
    raise ModelFileError(
        f"`path` must hold nothing but what models of automl are made of; {path} holds a "
        f"{stranger} and was not loaded: do not use this file."
    )


def _tree(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read(_TREE))


def _strangers(tree: Any) -> Iterator[str]:
    """Yield what a tree would make, and no model has.

    Every mapping is looked at, those too that skops may never come to.
    """
    if not isinstance(tree, dict) or _name(tree) not in ROOTS:
        yield "model of another kind" if not isinstance(tree, dict) else _name(tree)
    rest = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, list):
            rest.extend(node)
        if not isinstance(node, dict):
            continue
        loader = node.get("__loader__")
        if isinstance(loader, str) and _name(node) not in MADE.get(loader, ()):
            yield f"{_name(node)} ({loader})"
        rest.extend(node.values())


def _name(node: dict[str, Any]) -> str:
    return f"{node.get('__module__')}.{node.get('__class__')}"


def _with_plain_settings(model: Any) -> Any:
    """Copy a model; settings that are objects, such as a splitter, get their defaults."""
    plain = copy.copy(model)
    for name, value in model.get_params(deep=False).items():
        if isinstance(value, Path):
            setattr(plain, name, str(value))
        elif not _is_plain(value):
            setattr(plain, name, None)
    return plain


def _is_plain(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True

"""Fitted scikit-learn forests as they are stored: what predicts, and no more.

Beside what predicts, scikit-learn keeps impurities, sample counts and the values of inner nodes,
all as eight bytes that hardly compress. Here a threshold is the largest float32 that is not above
it, which sends every row the same way as forests take float32 alone; values are float32, those of
leaves only. Files are three to four times smaller.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.pipelines.declaration import Array

__all__ = ["CompactTrees", "compact", "restored"]

_LEAF, _NO_FEATURE = -1, -2


@dataclass(frozen=True, eq=False)
class CompactTrees:
    """Nodes of all trees, one after another, and a forest that waits for them.

    Parameters
    ----------
    forest : forest of scikit-learn
        Its trees have been taken out.
    n_nodes, depths : ndarray
        Of each tree.
    left, right : ndarray
        How far behind a node its children are, 0 at leaves; the left one mostly follows at once.
    feature, threshold, missing_left : ndarray
        Of the splits.
    values : ndarray
        Of the leaves.
    """

    forest: Any
    n_nodes: Array
    depths: Array
    left: Array
    right: Array
    feature: Array
    threshold: Array
    missing_left: Array
    values: Array


def compact(forest: Any) -> CompactTrees:
    """Take the trees out of a fitted forest, which stays as it is."""
    trees = [estimator.tree_ for estimator in forest.estimators_]
    states = [tree.__getstate__() for tree in trees]
    nodes = np.concatenate([state["nodes"] for state in states])
    values = np.concatenate([state["values"] for state in states])
    here = np.concatenate([np.arange(len(state["nodes"])) for state in states])
    leaf = nodes["left_child"] == _LEAF
    return CompactTrees(
        forest=_with_trees(forest, [None] * len(trees)),
        n_nodes=np.array([tree.node_count for tree in trees]),
        depths=np.array([tree.max_depth for tree in trees]),
        left=np.where(leaf, 0, nodes["left_child"] - here).astype(np.int32),
        right=np.where(leaf, 0, nodes["right_child"] - here).astype(np.int32),
        feature=np.where(leaf, 0, nodes["feature"]).astype(np.int32),
        threshold=np.where(leaf, np.float32(0), _rounded_down(nodes["threshold"])),
        missing_left=nodes["missing_go_to_left"],
        values=values[leaf].astype(np.float32),
    )


def restored(small: CompactTrees) -> Any:
    """The forest that `compact` was given, but for what prediction does not need."""
    from sklearn.tree._tree import NODE_DTYPE

    leaf = small.left == 0
    here = np.concatenate([np.arange(n) for n in small.n_nodes])
    nodes = np.zeros(len(leaf), dtype=NODE_DTYPE)
    nodes["left_child"] = np.where(leaf, _LEAF, here + small.left)
    nodes["right_child"] = np.where(leaf, _LEAF, here + small.right)
    nodes["feature"] = np.where(leaf, _NO_FEATURE, small.feature)
    nodes["threshold"] = small.threshold
    nodes["missing_go_to_left"] = small.missing_left
    values = np.zeros((len(leaf), *small.values.shape[1:]))
    values[leaf] = small.values
    ends = np.cumsum(small.n_nodes)
    trees = [
        _tree(small.forest, int(depth), nodes[end - n : end], values[end - n : end])
        for depth, n, end in zip(small.depths, small.n_nodes, ends, strict=True)
    ]
    return _with_trees(small.forest, trees)


def _rounded_down(values: Array) -> Array:
    """The largest float32 that is not above a value."""
    nearest = values.astype(np.float32)
    lower = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest > values, lower, nearest)


def _tree(forest: Any, depth: int, nodes: Array, values: Array) -> Any:
    from sklearn.tree._tree import Tree

    _, n_outputs, n_values = values.shape
    tree = Tree(forest.n_features_in_, np.full(n_outputs, n_values, dtype=np.intp), n_outputs)
    state = {"max_depth": depth, "node_count": len(nodes), "nodes": nodes, "values": values}
    tree.__setstate__(state)
    return tree


def _with_trees(forest: Any, trees: list[Any]) -> Any:
    """A copy of a forest that has these trees."""
    changed = copy.copy(forest)
    changed.estimators_ = [copy.copy(estimator) for estimator in forest.estimators_]
    for estimator, tree in zip(changed.estimators_, trees, strict=True):
        estimator.tree_ = tree
    return changed

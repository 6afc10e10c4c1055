"""The folder of one run: its record, and the predictions that going on with it needs.

Reasons for what is kept and what is made again are in docs/adr/0014-resume.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from automl.data import Dataset
from automl.evaluation.problem import Problem
from automl.exceptions import InvalidInputError, KnowledgeBaseError, warn_user
from automl.files import written_whole
from automl.history import HistoryFile, TrialResult, read_header
from automl.knowledge import WarmStart, automl_home
from automl.space import Space

__all__ = ["Earlier", "RunFolder", "describe_run", "find_run", "table_digest"]

RECORD = "history.jsonl"
LATEST = "latest"
_RUNS = "runs"
_PREDICTIONS = "predictions"
_PRUNE_EVERY = 50

_MUST_AGREE = {
    "task": "task",
    "metric": "`metric`",
    "optimizer": "`optimizer`",
    "table": "X and y",
    "space": "version of automl and of the optional learners",
    "split": "`test_size`, `cv`, `groups`, `time_column` and X_test",
}


class Earlier:
    """A run that is to be gone on with.

    Parameters
    ----------
    folder : Path
    header : dict
        First line of its record.
    """

    def __init__(self, folder: Path, header: dict[str, Any]):
        self.folder, self.header = folder, header

    def seed(self, asked: Any) -> int:
        """Seed of the run, which `asked` must not contradict."""
        seed = int(self.header["seed"])
        if asked is not None and asked != seed:
            raise InvalidInputError(
                f"`random_state` must be None or that of the resumed run, {seed}; got {asked}: "
                "leave it out."
            )
        return seed

    def check_same(self, header: dict[str, Any]) -> None:
        """Refuse to go on with a run of something else.

        Raises
        ------
        InvalidInputError
            With what differs.
        """
        for name, phrase in _MUST_AGREE.items():
            if self.header.get(name) != header[name]:
                raise InvalidInputError(
                    f"`resume` must name a run with the same {phrase}; {self.folder} had others: "
                    "give what it was begun with, or begin a new run."
                )

    def warm_starts(self, space: Space) -> tuple[WarmStart, ...]:
        """What the run began with: the knowledge base may have learned something since."""
        try:
            return tuple(
                WarmStart(**{**start, "config": space.make(start["config"])})
                for start in self.header["warm"]
            )
        except (TypeError, KeyError) as error:
            raise InvalidInputError(
                f"`resume` must name a run whose record is whole; {self.folder} begins with what "
                f"is no configuration ({error}): begin a new run."
            ) from error


def find_run(resume: Any) -> Earlier:
    """Open a run by the path of its folder or of its record, or the latest in ``AUTOML_HOME``.

    Raises
    ------
    InvalidInputError
        If there is no run.
    """
    if not isinstance(resume, (str, os.PathLike)):
        raise InvalidInputError(
            f"`resume` must be the path of a run's folder or record, or 'latest'; got a "
            f"{type(resume).__name__}: pass `run_info_['history_path']`."
        )
    path = _latest() if resume == LATEST else Path(resume).expanduser().absolute()
    folder = path if path.is_dir() else path.parent
    if not (folder / RECORD).is_file():
        raise InvalidInputError(
            f"`resume` must be the path of a run's folder or record; {path} is none: runs lie in "
            f"{automl_home() / _RUNS}."
        )
    header = read_header(folder / RECORD)
    kinds = {"seed": int, "warm": list, "salt": str}
    if not all(isinstance(header.get(name), kind) for name, kind in kinds.items()):
        raise InvalidInputError(
            f"`resume` must name a run of this version; {folder} is of an earlier one: begin a "
            "new run."
        )
    return Earlier(folder, header)


def _latest() -> Path:
    runs = automl_home() / _RUNS
    found = sorted(record.parent for record in runs.glob(f"*/{RECORD}"))
    if not found:
        raise InvalidInputError(
            f"`resume` must be the path of a run's folder or record where there is no latest one; "
            f"got {LATEST!r}, and no run lies in {runs}: begin a new run."
        )
    return found[-1]


def table_digest(dataset: Dataset) -> bytes:
    """Tell a table from all others: names of its columns, and all values."""
    digest = hashlib.sha256(repr([f.name for f in dataset.features]).encode())
    digest.update(np.ascontiguousarray(dataset.X).tobytes())
    digest.update(np.ascontiguousarray(dataset.y).tobytes())
    return digest.digest()


def _salted(salt: str, digest: bytes) -> str:
    return hashlib.sha256(salt.encode() + digest).hexdigest()


def describe_run(
    dataset: Dataset,
    checking: Dataset,
    problem: Problem,
    space: Space,
    facts: dict[str, Any],
    earlier: Earlier | None,
) -> dict[str, Any]:
    """First line of the record: what a resumed run must have in common with this one.

    The table is told apart by a hash with a salt of the run: it names the table in no other place,
    and needs no secret.
    """
    salt = secrets.token_hex(16) if earlier is None else earlier.header["salt"]
    split = hashlib.sha256(np.ascontiguousarray(checking.X).tobytes())
    for fold in problem.folds:
        split.update(fold.train.tobytes() + b"|" + fold.validation.tobytes())
    if dataset.weights is not None:  # rows that count otherwise are another division of the table
        split.update(np.ascontiguousarray(dataset.weights).tobytes())
    return {
        "space": space.id,
        "task": dataset.task,
        "n_rows": dataset.n_rows,
        "n_features": dataset.n_features,
        "salt": salt,
        "table": _salted(salt, table_digest(dataset)),
        "split": split.hexdigest(),
        **facts,
    }


class RunFolder:
    """Writer of one run; a run is never lost because its record cannot be written.

    Parameters
    ----------
    folder : Path
    problem : Problem
        Keeps the predictions of the workers.
    header : dict, optional
        Of a new run.

    Raises
    ------
    InvalidInputError
        If another process is writing the run.
    KnowledgeBaseError
        If the folder cannot be written.
    """

    def __init__(self, folder: Path, problem: Problem, header: dict[str, Any] | None = None):
        self.path = folder / RECORD
        self._kept = folder / _PREDICTIONS
        self._problem = problem
        self._appended, self._broken = 0, False
        self._evaluated: dict[str, tuple[str, int]] = {}  # what the files of predictions are of
        try:
            self._kept.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(folder)
            self._file = HistoryFile(self.path)
            if header is not None:
                self._file.write_header(header)
        except OSError as error:
            if header is not None:  # of a run that never began
                shutil.rmtree(folder, ignore_errors=True)
            place = folder if header is None else folder.parent
            raise KnowledgeBaseError(
                f"`AUTOML_HOME` must be a folder that can be written; {place} failed with "
                f"{error.strerror}: set it to another one."
            ) from error

    @classmethod
    def create(
        cls, problem: Problem, header: dict[str, Any], warm: tuple[WarmStart, ...]
    ) -> RunFolder:
        """Begin a run, in a folder of its own."""
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(4)}"
        starts = [{f.name: getattr(start, f.name) for f in fields(start)} for start in warm]
        for start in starts:
            start["config"] = start["config"].to_dict()
        return cls(automl_home() / _RUNS / name, problem, {**header, "warm": starts})

    def append(self, result: TrialResult) -> None:
        """Keep a result, and first the predictions that it stands for."""
        if self._broken:
            return
        try:
            for fold in result.details.get("folds", ()):
                self._keep(result.info.config.key, fold["fold"])
            self._file.append(result)
            self._appended += 1
            if self._appended % _PRUNE_EVERY == 0:
                self._prune()
        except OSError as error:
            self._broken = True
            warn_user(
                f"The record of this run ends here, {self.path} cannot be written "
                f"({error.strerror}): the run goes on, and could be resumed from this point only."
            )

    def bring_back(self, key: str, fold: int) -> bool:
        """Give the store a kept prediction; whether there is one.

        What is handed on is the array that was checked, never the file: it may have been damaged,
        or put there by somebody else.
        """
        kept = self._place(key, fold)
        if not kept.is_file():
            return False
        try:
            prediction = np.load(kept, allow_pickle=False)
            _check_prediction(prediction, self._problem, fold)
        except (OSError, ValueError, EOFError) as error:
            warn_user(f"A kept prediction is made again, {kept} does not hold one ({error}).")
            return False
        self._problem.keep_prediction(key, fold, prediction)
        return True

    def discard_predictions(self) -> None:
        """Remove what only a run that was cut off needs."""
        shutil.rmtree(self._kept, ignore_errors=True)

    def _place(self, key: str, fold: int) -> Path:
        path = self._kept / f"{key}-{fold}.npy"
        self._evaluated[path.name] = key, fold
        return path

    def _keep(self, key: str, fold: int) -> None:
        if not self._problem.has_prediction(key, fold):
            return
        prediction = self._problem.prediction(key, fold)
        with written_whole(self._place(key, fold)) as place, place.open("wb") as stream:
            np.save(stream, prediction)

    def _prune(self) -> None:
        """Forget what the run has forgotten as hopeless."""
        for path in self._kept.iterdir():
            evaluated = self._evaluated.get(path.name)
            if evaluated is None or not self._problem.has_prediction(*evaluated):
                path.unlink()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._lock is not None:
            self._lock.close()


def _check_prediction(prediction: Any, problem: Problem, fold: int) -> None:
    """Raise a ValueError for what is no prediction of the rows of a fold."""
    columns = (problem.n_classes,) if problem.n_classes else ()
    shape = (len(problem.folds[fold].validation), *columns)
    if not isinstance(prediction, np.ndarray) or prediction.dtype.kind != "f":
        raise ValueError("it is no array of numbers")
    if prediction.shape != shape or not np.isfinite(prediction).all():
        raise ValueError(f"it is not finite, or not of shape {shape}")


def _lock(folder: Path) -> IO[str] | None:
    """Claim the folder until this process ends; None where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    stream = (folder / "lock").open("a")
    try:
        with contextlib.suppress(OSError):  # some network file systems know no locks
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InvalidInputError(
                    f"`resume` must name a run that has ended; {folder} is still being written: "
                    "wait for it, or end its process."
                ) from error
    except InvalidInputError:
        stream.close()
        raise
    return stream

"""Commands for the knowledge base: ``automl kb info|show|similar|merge|verify|rebuild``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.cli.output import say
from automl.exceptions import InvalidInputError, KnowledgeBaseError

if TYPE_CHECKING:
    import argparse

    from automl.knowledge import KnowledgeBase, RunRecord

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of ``automl``.

    Parameters
    ----------
    commands : subparsers action of argparse
    """
    group = commands.add_parser("kb", help="look into the knowledge base, and keep it whole")
    inside = group.add_subparsers(required=True, metavar="kb command")
    _add(inside, "info", _info, "what is in it")
    show = _add(inside, "show", _show, "what did well on a table")
    show.add_argument("dataset", help="name or key of a table, or the beginning of one")
    show.add_argument("--rows", type=int, default=10, help="configurations (default: 10)")
    similar = _add(inside, "similar", _similar, "tables of the base that are like a table")
    similar.add_argument("table", help="CSV or parquet file")
    similar.add_argument("--target", required=True, help="name of the target column")
    similar.add_argument("--task", default="auto", help="auto, classification or regression")
    similar.add_argument("--rows", type=int, default=5, help="tables (default: 5)")
    merge = _add(inside, "merge", _merge, "add the runs of another base to this one", base=False)
    merge.add_argument("into", help="folder that is extended")
    merge.add_argument("other", help="folder that is read")
    _add(inside, "verify", _verify, "read everything; exit code 2 if something is damaged or lost")
    _add(inside, "rebuild", _rebuild, "set damaged files aside and list the others anew")


def _add(inside: Any, name: str, run: Any, said: str, base: bool = True) -> Any:
    parser = inside.add_parser(name, help=said)
    parser.set_defaults(run=run)
    if base:
        parser.add_argument(
            "--base", default="auto", help="folder; default: the shipped and your own together"
        )
    return parser


def _open(setting: str) -> KnowledgeBase:
    from automl.knowledge import open_knowledge_base

    base = open_knowledge_base(setting)
    if base is None or (setting != "auto" and not base.path.is_dir()):
        raise KnowledgeBaseError(
            f"`--base` must be a folder that exists, got {setting!r}: name the folder of a "
            "knowledge base."
        )
    return base


def _info(arguments: argparse.Namespace) -> None:
    base = _open(arguments.base)
    lines = [f"folder      {base.path}", f"own runs    {len(base.shard_paths())} files"]
    compiled = base.compiled()
    if compiled is not None:
        facts = ", ".join(f"{name} {value}" for name, value in sorted(compiled.info.items()))
        lines.append(f"compiled    {base.compiled_path} ({facts})")
    lines += [_counts(task, base.records(task)) for task in _TASKS]
    say("\n".join(lines))


_TASKS = ("binary", "multiclass", "regression")


def _counts(task: str, records: Sequence[RunRecord]) -> str:
    tables = {record.dataset_key for record in records}
    evals = [evaluation for record in records for evaluation in record.evals]
    configs = {evaluation.config_key for evaluation in evals}
    failed = sum(not evaluation.ok for evaluation in evals)
    return (
        f"{task:11} {len(tables)} tables, {len(configs)} configurations, {len(evals)} evaluations "
        f"({failed} without a result)"
    )


def _show(arguments: argparse.Namespace) -> None:
    base, wanted = _open(arguments.base), arguments.dataset
    records = base.records()
    found = [r for r in records if wanted in (r.name, r.dataset_key)]
    found = found or [r for r in records if r.name.startswith(wanted)]
    if not found:
        known = ", ".join(sorted({record.name for record in records})[:8])
        raise InvalidInputError(
            f"`dataset` must be a table of the base, got {wanted!r}: it knows {known or 'none'}, "
            "see `automl kb info`."
        )
    say("\n\n".join(_described(record, arguments.rows) for record in found))


def _described(record: RunRecord, n_rows: int) -> str:
    ok = sorted((e for e in record.evals if e.loss is not None), key=lambda e: (-e.rung, e.loss))
    failures = Counter(e.status for e in record.evals if not e.ok)
    lines = [
        f"{record.name} ({record.task}, {record.metric}, {record.protocol})",
        f"  key {record.dataset_key}, {len(record.evals)} evaluations"
        + "".join(f", {count} {status}" for status, count in sorted(failures.items())),
        "  " + ", ".join(f"{name} {value:g}" for name, value in record.metafeatures.items()),
    ]
    for evaluation in ok[:n_rows]:
        values = ", ".join(
            f"{name.partition(':')[2] or name}={_short(value)}"
            for name, value in evaluation.config.items()
        )
        lines.append(f"  loss {evaluation.loss:.5g} in {evaluation.cpu_seconds:.2f} s: {values}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _similar(arguments: argparse.Namespace) -> None:
    from automl.data import Dataset, TableEncoder, read_target, read_training_table
    from automl.knowledge import likeness
    from automl.metafeatures import extract

    base = _open(arguments.base)
    table, labels = read_training_table(arguments.table, arguments.target)
    target = read_target(labels, arguments.task)
    encoder = TableEncoder().fit(table)
    meta = extract(Dataset.of(encoder.transform(table), target, encoder.features))
    near = base.nearest(meta, target.task, arguments.rows)
    if not near:
        say(f"nothing is known of {target.task} tables")
        return
    say("\n".join(f"{n.distance:.2f}  {n.record.name}, {likeness(n)}" for n in near))


def _merge(arguments: argparse.Namespace) -> None:
    from automl.knowledge import KnowledgeBase

    if not Path(arguments.other).is_dir():
        raise KnowledgeBaseError(
            f"`other` must be the folder of a knowledge base, got {arguments.other!r}: check the "
            "path."
        )
    new = KnowledgeBase(arguments.into).merge(KnowledgeBase(arguments.other))
    say(f"{new} new runs in {arguments.into}")


def _verify(arguments: argparse.Namespace) -> None:
    verdict = _open(arguments.base).verify()
    lines = [f"{len(verdict.whole)} files are whole"]
    lines += [f"damaged: {name} ({why})" for name, why in verdict.damaged]
    lines += [f"lost: {name} is in the manifest but not there" for name in verdict.lost]
    if verdict.unlisted:
        lines.append(f"{len(verdict.unlisted)} were added after the manifest was written")
    say("\n".join(lines))
    if not verdict.ok:
        raise KnowledgeBaseError(
            f"The base has {len(verdict.damaged)} damaged and {len(verdict.lost)} lost files: "
            "restore them, or run `automl kb rebuild`, which sets damaged ones aside."
        )


def _rebuild(arguments: argparse.Namespace) -> None:
    verdict = _open(arguments.base).rebuild()
    lines = [f"{len(verdict.whole)} files listed"]
    lines += [f"set aside: {name}.damaged ({why})" for name, why in verdict.damaged]
    say("\n".join(lines))

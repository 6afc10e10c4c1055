"""What each group of parts is worth: by replay of the knowledge base, and on bench.txt.

python -m benchmarks.systems.run --systems automl automl-without-features automl-without-learners \
    automl-without-ensembles --n-jobs 1 --splits 1 --out benchmarks/results/groups.jsonl
python -m benchmarks.replay.groups           # docs/benchmarks/groups.md, minutes
python -m benchmarks.replay.groups --part networks --draws 10       # one of them alone, printed

What becomes of the time that a group takes is seen on bench.txt alone; the replay is that of
`left_out.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from automl.ensemble import MOST_MEMBERS
from benchmarks.common.arguments import add_n_jobs, make_parser
from benchmarks.common.paths import BENCH, PAGES, RESULTS
from benchmarks.common.results import read_results
from benchmarks.common.statistics import duel, holm, ratio_line
from benchmarks.common.tables import read_suite
from benchmarks.replay.left_out import (
    GROUPS,
    MEMBERS,
    PARTS,
    Kept,
    Replayed,
    read_kept,
    replay_table,
    replayed_loss,
)
from benchmarks.systems.report import markdown, mean_losses
from metadata.blocks import read_index

__all__ = ["write_page"]

_WHOLE = "automl"
_LEFT_OUT = (
    "Is this system better with each group of its parts than without it? Left out are: "
    "**features**, all steps that make columns, and target encoding; **learners**, networks, "
    "Gaussian processes, random cuts, linear leaves (which are gone since), bases of linear "
    "models; **ensembles**, for which the best single pipeline stands; **regression**, transforms "
    "of a skewed target."
)
_REPLAY = (
    "{n_tables} tables of the knowledge base, none of a family in bench.txt; the ensemble of about "
    "forty pipelines with the group against the one without it, and the one from which as many "
    "pipelines were left out by chance against the one without the group. Ratio of losses "
    "(geometric mean), tables won / tied / lost, p of the Wilcoxon signed-rank test; log loss for "
    "classes, RMSE for values."
)
_REPLAY_HEADER = (
    *("part", "tables", "with / without", "won / tied / lost", "p"),
    *("chance / without", "won / tied / lost", "p"),
)
_MEMBERS = f"Other numbers of members than {MOST_MEMBERS} at most, against these, in the same way:"
_MEMBERS_HEADER = ("members", "tables", "ratio", "won / tied / lost", "p")
_BENCH = (
    "{budget:g} s, {n_jobs} core a run, two runs side by side, one split, cold; the whole system "
    "against the one without the group. p is adjusted after Holm. Without regression: tables with "
    "a target that may be transformed."
)
_BENCH_HEADER = ("without", "tables", "with / without", "won / tied / lost", "p (Holm)")


def _replay_lines(tables: Sequence[Replayed]) -> list[list[str]]:
    lines = []
    for name in (*GROUPS, "ensembles", *PARTS):
        having = [table for table in tables if name in table.without]
        if not having:
            continue
        whole = [table.whole for table in having]
        without = [table.without[name] for table in having]
        chance = [table.by_chance[name] for table in having if name in table.by_chance]
        lines.append(
            [
                name,
                *_figures(whole, without),
                *(_figures(chance, without)[1:] if chance else ["-", "-", "-"]),
            ]
        )
    return lines


def _members_lines(tables: Sequence[Replayed]) -> list[list[str]]:
    whole = [table.whole for table in tables]
    return [
        [str(most), *_figures([table.by_members[most] for table in tables], whole)]
        for most in MEMBERS
    ]


def _figures(ours: Sequence[float], others: Sequence[float]) -> list[str]:
    """Tables, ratio, won / tied / lost, p."""
    found = duel(ours, others)
    ratio = float(np.exp(np.mean(np.log(np.array(ours) / np.array(others)))))
    counts = f"{found.wins} / {found.ties} / {found.losses}"
    return [str(len(ours)), f"{ratio:.3f}", counts, f"{found.p:.2g}"]


def _bench_lines(losses: Mapping[str, Mapping[str, float]]) -> list[list[str]]:
    systems = [name for name in sorted(losses) if name.startswith(f"{_WHOLE}-without")]
    whole = next(name for name in losses if name.split()[0] == _WHOLE)
    pairs = []
    for system in systems:
        tables = sorted(losses[system])
        pairs.append(([losses[whole][t] for t in tables], [losses[system][t] for t in tables]))
    adjusted = holm([duel(*pair).p for pair in pairs])
    return [
        [system, *_figures(*pair)[:-1], f"{p:.2g}"]
        for system, pair, p in zip(systems, pairs, adjusted, strict=True)
    ]


def _loss_lines(losses: Mapping[str, Mapping[str, float]]) -> tuple[list[str], list[list[str]]]:
    systems = sorted(losses)
    tables = sorted({table for system in systems for table in losses[system]})
    lines = [
        [table, *(f"{losses[s][table]:.5g}" if table in losses[s] else "-" for s in systems)]
        for table in tables
    ]
    return ["table", *systems], lines


def write_page(path: Path, replayed: Sequence[Replayed], results: Sequence[Any]) -> str:
    """Write both tables and what they are made of."""
    by_system = mean_losses(results)
    sections = ["# Benchmark: groups of parts", _LEFT_OUT, "## By replay"]
    sections += [_REPLAY.format(n_tables=len(replayed))]
    sections += [markdown(_REPLAY_HEADER, _replay_lines(replayed))]
    sections += [_MEMBERS, markdown(_MEMBERS_HEADER, _members_lines(replayed)), "## On bench.txt"]
    budget, n_jobs = results[0]["budget"], results[0]["machine"]["n_jobs"]
    sections += [_BENCH.format(budget=budget, n_jobs=n_jobs)]
    sections += [markdown(_BENCH_HEADER, _bench_lines(by_system))]
    sections += ["Losses (1 - AUC, log loss, RMSE) on test rows:"]
    sections += [markdown(*_loss_lines(by_system))]
    page = "\n\n".join(sections)
    path.write_text(page + "\n", encoding="utf-8")
    return page


def part_lines(name: str, tables: Sequence[Kept], n_draws: int, n_jobs: int) -> list[str]:
    """What a part is worth on each table that has it, and on all; means over draws of the bags."""
    having = [
        (kept, places)
        for kept in tables
        if len(places := kept.without(PARTS[name])) < len(kept.configs)
    ]
    run = delayed(replayed_loss)
    losses = Parallel(n_jobs, batch_size=1)(
        run(kept, chosen, n_draws=n_draws)
        for kept, places in having
        for chosen in (range(len(kept.configs)), places)
    )
    whole, without = losses[::2], losses[1::2]
    lines = [
        f"{kept.name:24} {ours:.5g} {other:.5g} {ours / other:.3f}"
        for (kept, _), ours, other in zip(having, whole, without, strict=True)
    ]
    return [*lines, ratio_line(f"with {name}", whole, without)]


def main(argv: Sequence[str] | None = None) -> None:
    """Replay, and write the page."""
    parser = make_parser("benchmarks.replay.groups", __doc__)
    parser.add_argument("--results", type=Path, default=RESULTS / "groups.jsonl")
    parser.add_argument("--retired", action="store_true", help="with what the space has no more")
    parser.add_argument("--part", choices=PARTS, help="this one alone, printed")
    parser.add_argument("--draws", type=int, default=1, help="of the bags, for one part")
    add_n_jobs(parser, 2)
    arguments = parser.parse_args(argv)
    index = read_index()
    families = {index[name].family for name in read_suite([str(BENCH)])}
    tables = read_kept(unwanted=families, retired=arguments.retired)
    if arguments.part:
        print(*part_lines(arguments.part, tables, arguments.draws, arguments.n_jobs), sep="\n")
        return
    replayed = Parallel(arguments.n_jobs)(delayed(replay_table)(kept) for kept in tables)
    print(write_page(PAGES / "groups.md", replayed, read_results([arguments.results])))


if __name__ == "__main__":
    main()

"""How advice becomes what a run begins with."""

from __future__ import annotations

import numpy as np

from automl.knowledge import NO_ADVICE, Advice, WarmStart
from automl.pipelines import cold_portfolio
from automl.run.advised import initial_proposals
from metadata.configurations import union_space

SPACE = union_space("binary")
PORTFOLIO = list(cold_portfolio("binary", SPACE))


def _advice(*configs, own=(), distance=0.1):
    starts = [WarmStart(config, "mine", distance, "it won", own=True) for config in own]
    starts += [WarmStart(config, "abc", 0.1, "it was good") for config in configs]
    return Advice(tuple(starts), (), None)


def test_without_advice_the_portfolio_is_as_it_was_written():
    proposals = initial_proposals("binary", SPACE, NO_ADVICE, full=2)
    assert [proposal.config for proposal in proposals] == PORTFOLIO
    assert {proposal.origin for proposal in proposals} == {"portfolio"}


def test_default_and_cheap_one_own_winners_the_portfolio_as_advised_then_others():
    rng = np.random.default_rng(0)
    mine, other = SPACE.sample(rng), SPACE.sample(rng)
    advice = _advice(PORTFOLIO[5], other, PORTFOLIO[3], PORTFOLIO[0], own=[mine])
    proposals = initial_proposals("binary", SPACE, advice, full=2)
    configs = [proposal.config for proposal in proposals]
    assert configs[:5] == [*PORTFOLIO[:2], mine, PORTFOLIO[5], PORTFOLIO[3]]
    assert configs[5:-1] == [c for c in PORTFOLIO if c not in configs[:5]]
    assert configs[-1] == other
    assert [proposal.rung for proposal in proposals] == [0, 0, 2, *[0] * (len(proposals) - 3)]
    origins = [proposal.origin for proposal in proposals]
    assert origins[:6] == ["prior", "portfolio", "prior", "prior", "prior", "portfolio"]


def test_members_of_what_is_hardly_alike_have_to_prove_themselves():
    mine = SPACE.sample(np.random.default_rng(0))
    proposals = initial_proposals("binary", SPACE, _advice(own=[mine], distance=0.6), full=2)
    assert [p.rung for p in proposals if p.config == mine] == [0]


def test_on_large_tables_what_can_end_early_begins_with_all_rows():
    proposals = initial_proposals("binary", SPACE, NO_ADVICE, full=2, whole=True)
    begun = {proposal.config["learner"]: proposal.rung for proposal in proposals}
    assert (begun["lightgbm"], begun["extra_trees"], begun["mlp"]) == (2, 2, 2)
    assert (begun["linear"], begun["gaussian_process"]) == (0, 0)

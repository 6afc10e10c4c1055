"""The section "Attributes" that the docstrings of both estimators share."""

from __future__ import annotations

__all__ = ["ATTRIBUTES"]

ATTRIBUTES = """\
    Attributes
    ----------
    holdout_ : Holdout or None
        Score on rows that nothing had seen, with its 95 % interval; it belongs to the model that
        was checked, before the refit.
    refitted_ : bool
        Whether all members were fitted again on all rows after the check.
    columns_ : Columns
        What each column of the table was taken for (`type`), its levels and a note; those that were
        left out, too. Used like a tuple of `Column`, and printed as a short table.
    warm_start_ : tuple of WarmStart
        Pipelines that came from earlier runs, and why.
    history_ : History
        Every evaluation.
    run_info_ : dict
        Facts about the run: seconds, trials and how they ended, use of the workers, members,
        `rows_seen`, and `rows_in_file` (None where the table came from no file).
    feature_names_in_, n_features_in_, target_names_, task_, task_reason_, metric_
    estimators_ : list of fitted estimators
        Only with several targets: one for each, with all of the above. Then `holdout_` is the mean
        over targets, with the check of each in ``holdout_.targets``; `history_` and `warm_start_`
        are lists, and ``run_info_["targets"]`` has the facts of each run.
"""

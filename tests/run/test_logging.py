import logging

from sklearn.datasets import load_iris

import automl


def test_the_logger_tells_steps_and_trials_and_nothing_is_printed(caplog, capsys):
    X, y = load_iris(return_X_y=True, as_frame=True)
    settings = {"time_limit": None, "max_trials": 2, "n_jobs": 1, "random_state": 0, "verbose": 0}
    with caplog.at_level(logging.INFO, logger="automl"):
        automl.fit(X, y, knowledge_base=None, **settings)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("automl")]
    steps = [text for text in said if "after the start" in text]
    assert [text.partition(",")[0] for text in steps] == [
        "reading the table",
        "dividing the rows",
        "asking the knowledge base",
        "searching",
        "choosing the ensemble",
        "checking on held-out rows",
        "refitting on all rows",
        "writing back",
    ]
    assert any(
        text.startswith("trial 0, lightgbm at rung 0 (portfolio): ok, log_loss") for text in said
    )
    assert capsys.readouterr() == ("", "")

"""The main job on a small table: `make demo` runs this."""

from sklearn.datasets import load_breast_cancer

import automl


def main() -> None:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    model = automl.fit(X, y, time_limit=20, random_state=0)
    print(f"task: {model.task_} ({model.task_reason_})\n")
    print(model.leaderboard().drop(columns=["config", "message"]).head(10).to_string())
    print(f"\nheld-out: {model.holdout_}")


if __name__ == "__main__":
    main()

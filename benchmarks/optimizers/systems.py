"""Optimizers behind one small ask and tell, ours and the peers, each with its defaults.

A system hands out `Job` objects and takes back losses. It is made from the parameters of the
test-bed and a seed; its own package is imported when it is made.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from benchmarks.optimizers.testbed import FIDELITIES, Parameter

__all__ = ["SYSTEMS", "Job", "Prior", "System", "Tuner"]

ETA = 3


@dataclass(frozen=True)
class Job:
    """One evaluation to be made.

    Parameters
    ----------
    config : dict
        Active parameters.
    fidelity : float
    token : object
        For the system that asked.
    """

    config: dict[str, Any]
    fidelity: float
    token: Any


@dataclass(frozen=True)
class Prior:
    """What was found on an earlier task: configurations and scores, higher is better."""

    configs: list[dict[str, Any]]
    scores: list[float]
    weight: float = 1.0


class Tuner(Protocol):
    """What every adapter does."""

    def ask(self) -> Job | None:
        """Hand out the next evaluation; None where there is nothing until more is told."""
        ...

    def tell(self, job: Job, loss: float) -> None:
        """Take a loss."""
        ...


class OwnTuner:
    """A strategy of this library."""

    def __init__(
        self,
        parameters: Sequence[Parameter],
        seed: int,
        priors: Sequence[Prior] = (),
        *,
        strategy: str,
        root: str | None = None,
        fidelities: Sequence[float] = FIDELITIES,
    ) -> None:
        from automl.search import TaskHistory, make_optimizer

        self._space = own_space(parameters)
        self._fidelities = fidelities
        earlier = [
            TaskHistory(
                tuple(self._space.make(config) for config in prior.configs),
                tuple(prior.scores),
                prior.weight,
            )
            for prior in priors
        ]
        self._optimizer = make_optimizer(
            strategy, self._space, len(fidelities), seed=seed, root=root, priors=earlier, eta=ETA
        )

    def ask(self) -> Job | None:
        info = self._optimizer.ask()
        if info is None:
            return None
        return Job(info.config.to_dict(), self._fidelities[info.rung], info)

    def tell(self, job: Job, loss: float) -> None:
        from automl.history import TrialResult

        self._optimizer.tell(TrialResult(job.token, "ok", (loss,), -loss, 0.0, 0.0, 0.0, 0.0))


def own_space(parameters: Sequence[Parameter]) -> Any:
    """The space in the words of this library."""
    from automl.space import Categorical, Float, Integer, Space, When

    declared: list[Any] = []
    for p in parameters:
        when = None if p.parent is None else When(p.parent, p.values)
        if p.kind == "choice":
            declared.append(Categorical(p.name, p.choices, p.default, when))
        else:
            kind: Any = Integer if p.kind == "int" else Float
            declared.append(kind(p.name, p.low, p.high, p.default, p.log, when))
    return Space(declared)


class OptunaTuner:
    """Optuna's TPE, at full fidelity or with its Hyperband pruner."""

    def __init__(self, parameters: Sequence[Parameter], seed: int, *, prune: bool) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._parameters = parameters
        self._prune = prune
        self._pruned = optuna.trial.TrialState.PRUNED
        steps = self._steps()
        pruner = (
            optuna.pruners.HyperbandPruner(steps[0], steps[-1], ETA)
            if prune
            else optuna.pruners.NopPruner()
        )
        self._study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=seed), pruner=pruner
        )
        self._going_on: list[Job] = []

    def ask(self) -> Job | None:
        if self._going_on:
            return self._going_on.pop()
        trial = self._study.ask()
        config: dict[str, Any] = {}
        for p in self._parameters:
            if p.parent is None or config.get(p.parent) in p.values:
                config[p.name] = self._suggest(trial, p)
        return Job(config, FIDELITIES[0] if self._prune else 1.0, (trial, 0))

    def tell(self, job: Job, loss: float) -> None:
        trial, rung = job.token
        if not self._prune:
            self._study.tell(trial, loss)
            return
        trial.report(loss, self._steps()[rung])
        if job.fidelity == 1.0:
            self._study.tell(trial, loss)
        elif trial.should_prune():
            self._study.tell(trial, state=self._pruned)
        else:
            self._going_on.append(Job(job.config, FIDELITIES[rung + 1], (trial, rung + 1)))

    @staticmethod
    def _steps() -> list[int]:
        return [round(fidelity / FIDELITIES[0]) for fidelity in FIDELITIES]

    @staticmethod
    def _suggest(trial: Any, p: Parameter) -> Any:
        if p.kind == "choice":
            return trial.suggest_categorical(p.name, p.choices)
        suggest = trial.suggest_int if p.kind == "int" else trial.suggest_float
        return suggest(p.name, p.low, p.high, log=p.log)


def config_space(parameters: Sequence[Parameter], seed: int) -> Any:
    """The space in the words of ConfigSpace, of any release."""
    import ConfigSpace as CS  # noqa: N817 - as everybody calls it

    space = CS.ConfigurationSpace(seed=seed)
    made: dict[str, Any] = {}
    for p in parameters:
        if p.kind == "choice":
            made[p.name] = CS.CategoricalHyperparameter(p.name, p.choices, default_value=p.default)
        else:
            kind = (
                CS.UniformIntegerHyperparameter
                if p.kind == "int"
                else CS.UniformFloatHyperparameter
            )
            made[p.name] = kind(p.name, p.low, p.high, default_value=p.default, log=p.log)
    conditions = [
        CS.InCondition(made[p.name], made[p.parent], list(p.values))
        for p in parameters
        if p.parent is not None
    ]
    if hasattr(space, "add_hyperparameters"):
        space.add_hyperparameters(list(made.values()))
        space.add_conditions(conditions)
    else:
        space.add(*made.values(), *conditions)
    return space


def plain(config: Any) -> dict[str, Any]:
    """A configuration of ConfigSpace as a dictionary of active parameters."""
    values = config.get_dictionary() if hasattr(config, "get_dictionary") else dict(config)
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in values.items()
        if value is not None
    }


def _never_called(config: Any, seed: int = 0) -> float:
    """Stand in for the function that SMAC wants to know, though it is asked and told."""
    raise NotImplementedError(config, seed)


class SmacTuner:
    """SMAC3's facade for hyper-parameter optimization."""

    def __init__(self, parameters: Sequence[Parameter], seed: int) -> None:
        from smac import HyperparameterOptimizationFacade, Scenario
        from smac.runhistory.dataclasses import TrialValue

        self._value = TrialValue
        scenario = Scenario(
            config_space(parameters, seed),
            deterministic=True,
            n_trials=100,
            seed=seed,
            output_directory=tempfile.mkdtemp(),
        )
        self._smac = HyperparameterOptimizationFacade(
            scenario, _never_called, overwrite=True, logging_level=40
        )

    def ask(self) -> Job | None:
        info = self._smac.ask()
        return Job(plain(info.config), 1.0, info)

    def tell(self, job: Job, loss: float) -> None:
        self._smac.tell(job.token, self._value(cost=loss))


class DehbTuner:
    """DEHB: differential evolution with Hyperband."""

    def __init__(self, parameters: Sequence[Parameter], seed: int) -> None:
        from dehb import DEHB

        self._dehb = DEHB(
            cs=config_space(parameters, seed),
            min_fidelity=FIDELITIES[0],
            max_fidelity=1.0,
            eta=ETA,
            n_workers=1,
            seed=seed,
            output_path=tempfile.mkdtemp(),
            log_level="ERROR",
        )

    def ask(self) -> Job | None:
        info = self._dehb.ask()
        return Job(plain(info["config"]), float(info["fidelity"]), info)

    def tell(self, job: Job, loss: float) -> None:
        self._dehb.tell(job.token, {"fitness": loss, "cost": job.fidelity})


class HpBandSterTuner:
    """HpBandSter's BOHB, without its name server: its brackets and its model, asked directly."""

    def __init__(self, parameters: Sequence[Parameter], seed: int) -> None:
        from hpbandster.optimizers.config_generators.bohb import BOHB

        np.random.seed(seed)  # noqa: NPY002 - it draws from the global state
        self._model = BOHB(config_space(parameters, seed))
        self._iterations: list[Any] = []

    def ask(self) -> Job | None:
        for iteration in self._iterations:
            run = None if iteration.is_finished else iteration.get_next_run()
            if run is not None:
                return self._job(*run)
        self._iterations.append(self._next_iteration(len(self._iterations)))
        return self._job(*self._iterations[-1].get_next_run())

    def tell(self, job: Job, loss: float) -> None:
        job.token.result = {"loss": loss, "info": {}}
        self._iterations[job.token.id[0]].register_result(job.token)
        self._model.new_result(job.token)

    def _job(self, identity: Any, config: dict[str, Any], budget: float) -> Job:
        from hpbandster.core.dispatcher import Job as Run

        run = Run(identity, config=config, budget=budget, working_directory=".")
        run.time_it("submitted")
        run.time_it("started")
        run.time_it("finished")
        return Job({k: v for k, v in config.items() if v is not None}, budget, run)

    def _next_iteration(self, number: int) -> Any:
        from hpbandster.optimizers.iterations import SuccessiveHalving

        deepest = len(FIDELITIES)  # as in its BOHB.get_next_iteration
        s = deepest - 1 - number % deepest
        n = int(np.floor(deepest / (s + 1)) * ETA**s)
        sizes = [max(int(n * ETA ** (-i)), 1) for i in range(s + 1)]
        return SuccessiveHalving(
            HPB_iter=number,
            num_configs=sizes,
            budgets=list(FIDELITIES[-s - 1 :]),
            config_sampler=self._model.get_config,
        )


@dataclass(frozen=True)
class System:
    """How a system is made.

    Parameters
    ----------
    make : callable
        From parameters and a seed (and priors, where it takes them) to a `Tuner`.
    package : str
        Distribution whose version is recorded.
    venv : str
        Folder under ``.venvs/`` with its interpreter.
    requirements : tuple of str
        What is installed there.
    takes_priors : bool
    """

    make: Callable[..., Tuner]
    package: str
    venv: str
    requirements: tuple[str, ...]
    takes_priors: bool = False


_OWN = (
    "cloudpickle",
    "matplotlib>=3.9",
    "numpy>=1.26",
    "onnxruntime>=1.20",
    "optuna>=5,<6",
    "pandas",
    "psutil",
    "scikit-learn>=1.5",
    "scipy>=1.12",
)
_STRATEGIES = ("bohb", "grid", "random", "sobol", "tpe", "smac")
_PROMOTING = ("successive_halving", "hyperband", "asha")


def _own(strategy: str) -> System:
    def make(parameters: Sequence[Parameter], seed: int, priors: Sequence[Prior] = ()) -> Tuner:
        return OwnTuner(parameters, seed, priors, strategy=strategy)

    return System(make, "automl", "optimizers", _OWN, strategy in ("bohb", "tpe"))


SYSTEMS: dict[str, System] = {
    **{name: _own(name) for name in (*_STRATEGIES, *_PROMOTING)},
    "optuna-tpe": System(
        lambda parameters, seed: OptunaTuner(parameters, seed, prune=False),
        "optuna",
        "optimizers",
        _OWN,
    ),
    "optuna-hyperband": System(
        lambda parameters, seed: OptunaTuner(parameters, seed, prune=True),
        "optuna",
        "optimizers",
        _OWN,
    ),
    "smac3": System(SmacTuner, "smac", "smac3", ("smac>=2.4,<2.5", "onnxruntime>=1.20")),
    "dehb": System(DehbTuner, "dehb", "dehb", ("dehb", "onnxruntime>=1.20")),
    "hpbandster": System(
        HpBandSterTuner,
        "hpbandster",
        "hpbandster",
        # draws truncated normals one by one; newer versions of SciPy take twice as long for that
        ("hpbandster==0.7.4", "scipy<1.15", "onnxruntime>=1.20"),
    ),
}

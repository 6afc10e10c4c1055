"""What a model in the safe format may be made of, by the way it is made.

skops makes an object without its constructor (``ObjectNode``) and sets its state, or calls a type
with arguments (``ConstructorFromReduceNode`` and the containers). A type gets into this list after
a look at both: none of those below reads a file, imports by name, or calls what its state holds,
with one exception that is listed with what it may call (``FunctionNode``). What is missing here is
refused when a model is saved, so that a new learner cannot be forgotten.
"""

from __future__ import annotations

import numpy as np

__all__ = ["MADE", "ROOTS"]


def _in(package: str, **modules: str) -> frozenset[str]:
    """Full names of classes, given by module; two underscores stand for a dot."""
    return frozenset(
        f"{package}.{module.replace('__', '.')}.{name}"
        for module, names in modules.items()
        for name in names.split()
    )


ROOTS = _in("automl.estimators", classifier="AutoMLClassifier", regressor="AutoMLRegressor")
"""What the whole may be."""

_SCALARS = frozenset(
    f"numpy.{kind.__name__}"
    for kind in np.sctypeDict.values()
    if not issubclass(kind, np.object_ | np.void)
)

_TABLES = _in(
    "automl.data",
    columns="Column Columns Feature",
    number_formats="NumberFormat",
    encoder="TableEncoder",
    codecs__boolean="BooleanCodec",
    codecs__categorical="CategoricalCodec",
    codecs__dates="DateCodec DateDifference",
    codecs__numeric="NumericCodec",
    codecs__text="TextCodec",
)

_PIPELINES = _in(
    "automl.pipelines",
    declaration="BuildSettings",
    pipeline="PipelineClassifier PipelineRegressor",
    targets="Log Unchanged YeoJohnson",
    learners__catboost="CatBoostModel",
    learners__compact_trees="CompactTrees",
    learners__forest="ForestModel",
    learners__gaussian_process="GaussianProcessModel",
    learners__hist_gradient_boosting="HistGradientBoostingModel",
    learners__k_nearest_neighbors="NeighborsModel",
    learners__lightgbm="LightGBMModel",
    learners__linear="ElasticNetModel LogisticModel",
    learners__mlp="MLPModel",
    learners__network="Network",
    learners__xgboost="XGBoostModel",
    preprocessing__arithmetic="ArithmeticPairs",
    preprocessing__basis="PiecewiseLinear _Quadratic",
    preprocessing__crosses="CategoryCrosses",
    preprocessing__encoding="OrdinalCodes TargetStatistics",
    preprocessing__groups="GroupComparisons _Group",
    preprocessing__imputation="Imputer",
    preprocessing__scaling="SmoothRobustScaler StandardClipScaler _QuantileNormal",
    preprocessing__text="TextNumbers _Terms",
)

_RUNS = _in(
    "automl",
    ensemble__model="EnsembleModel Member",
    ensemble__per_target="ModelPerTarget",
    ensemble__postprocess="Postprocess",
    history__history="History",
    history__trials="TrialInfo TrialResult",
    knowledge__starting="WarmStart",
    run__finish="Holdout",
    run__mean_holdout="MeanHoldout",
)

_SCIKIT_LEARN = _in(
    "sklearn",
    _loss__link="IdentityLink Interval LogLink LogitLink MultinomialLogit",
    _loss__loss="AbsoluteError HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss "
    "HalfSquaredError PinballLoss",
    compose___column_transformer="ColumnTransformer",
    ensemble___forest="ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier "
    "RandomForestRegressor",
    ensemble___hist_gradient_boosting__binning="_BinMapper",
    ensemble___hist_gradient_boosting__gradient_boosting="HistGradientBoostingClassifier "
    "HistGradientBoostingRegressor",
    ensemble___hist_gradient_boosting__predictor="TreePredictor",
    linear_model___coordinate_descent="ElasticNet",
    linear_model___logistic="LogisticRegression",
    linear_model___ridge="Ridge",
    metrics___dist_metrics="EuclideanDistance EuclideanDistance64 ManhattanDistance "
    "ManhattanDistance64",
    neighbors___classification="KNeighborsClassifier",
    neighbors___kd_tree="KDTree KDTree64",
    neighbors___regression="KNeighborsRegressor",
    pipeline="Pipeline",
    preprocessing___data="PowerTransformer QuantileTransformer StandardScaler",
    preprocessing___encoders="OneHotEncoder OrdinalEncoder",
    preprocessing___function_transformer="FunctionTransformer",
    preprocessing___label="LabelEncoder",
    tree___classes="DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier "
    "ExtraTreeRegressor",
)

MADE: dict[str, frozenset[str]] = {
    "ObjectNode": ROOTS | _TABLES | _PIPELINES | _RUNS | _SCIKIT_LEARN,
    "ConstructorFromReduceNode": frozenset(
        {
            "automl.space.config.Config",
            "datetime.timedelta",
            "datetime.timezone",
            "zoneinfo.ZoneInfo",
        }
    ),
    "JsonNode": frozenset({"builtins.str"}),
    "DictNode": frozenset({"builtins.dict"}),
    "ListNode": frozenset({"builtins.list"}),
    "TupleNode": frozenset({"builtins.tuple"}),
    "SliceNode": frozenset({"builtins.slice"}),
    "BytesNode": frozenset({"builtins.bytes"}),
    "TypeNode": _SCALARS | {f"builtins.{name}" for name in ("bool", "float", "int", "str")},
    "NdArrayNode": _SCALARS | {"numpy.ndarray"},
    "RandomGeneratorNode": frozenset({"numpy.random._generator.Generator"}),
    "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
    "LossNode": _in(
        "sklearn",
        _loss___loss="CyAbsoluteError CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss "
        "CyHalfPoissonLoss CyHalfSquaredError CyPinballLoss",
    ),
    # histogram-based boosting with categories checks its rows with these
    "PartialNode": frozenset({"functools.partial"}),
    "FunctionNode": frozenset({"sklearn.utils.validation.check_array"}),
}
"""Types by the node of skops that makes them; nodes that are not here are refused whole."""

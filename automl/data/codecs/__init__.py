"""How a column of each kind becomes columns of the encoded matrix, one file each."""

from __future__ import annotations

from automl.data.cells import Cells
from automl.data.codecs.base import Codec, Encoded
from automl.data.codecs.boolean import BooleanCodec
from automl.data.codecs.categorical import CategoricalCodec
from automl.data.codecs.dates import DateCodec, DateDifference
from automl.data.codecs.numeric import NumericCodec
from automl.data.codecs.text import TextCodec
from automl.data.profile import Profile

__all__ = [
    "BooleanCodec",
    "CategoricalCodec",
    "Codec",
    "DateCodec",
    "DateDifference",
    "Encoded",
    "NumericCodec",
    "TextCodec",
    "fit_codec",
]


def fit_codec(name: str, cells: Cells, profile: Profile) -> Codec:
    """Build the codec of a column that is used."""
    if profile.type == "categorical":
        return CategoricalCodec(name, tuple(profile.distinct))
    if profile.type == "boolean":
        return BooleanCodec(name)
    if profile.type == "datetime":
        return DateCodec.fit(name, profile.distinct, profile.text_format, cells.zone)
    if profile.type == "text":
        return TextCodec.fit(name, profile.distinct, len(cells.values))
    return NumericCodec.fit(name, profile.distinct, profile.number_format)

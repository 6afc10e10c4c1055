"""Free text: what is taken for it, and what becomes of it."""

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder

WORDS = ["the", "room", "was", "clean", "dirty", "quiet", "loud", "staff", "friendly", "rude"]


def prose(n, seed=0, n_words=6):
    """Short texts, hardly two alike."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, n_words)) for _ in range(n)]


def kind_of(values, column_types=None):
    table = pd.DataFrame({"a": values, "beside": np.linspace(0, 1, len(values))})
    return TableEncoder().fit(table, column_types).columns[0].type


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (prose(40), "text"),
        ([*prose(39), None], "text"),
        (prose(40) * 9, "text"),  # each told nine times
        (prose(40) * 11, "categorical"),  # more than ten rows a level: names of categories
        (prose(20), "categorical"),
        ([f"{name} {number}" for name in "abcd" for number in range(10)], "identifier"),
        ([f"key-{number}-of-many" for number in range(40)], "identifier"),
        (pd.Categorical(prose(40)), "identifier"),  # declared a category by its type
        ([f"2020-01-{day:02d}" for day in range(1, 31)], "datetime"),
    ],
    ids=["prose", "missing", "repeated", "names", "few", "numbered", "keys", "declared", "dates"],
)
def test_text_is_told_from_categories_by_words_and_repetition(values, kind):
    assert kind_of(values) == kind


@pytest.mark.parametrize("wanted", ["categorical", "ignore", "text"])
def test_the_user_knows_better(wanted):
    short = [f"room {i % 7}" for i in range(40)]
    assert kind_of(short, {"a": wanted}) == ("identifier" if wanted == "ignore" else wanted)
    assert kind_of(prose(40), {"a": wanted}) == ("identifier" if wanted == "ignore" else wanted)


def encode(fitted, *new):
    encoder = TableEncoder().fit({"n": np.arange(len(fitted)) / 2, "a": fitted})
    return encoder, [encoder.transform({"n": np.zeros(len(values)), "a": values}) for values in new]


def test_terms_are_words_and_pairs_without_regard_to_case():
    encoder, (one, other) = encode(prose(40), ["Clean room!"], ["clean  ROOM, quiet"])
    assert [feature.name for feature in encoder.features[:3]] == ["n", "a.characters", "a.words"]
    assert [feature.kind for feature in encoder.features[3:]] == ["text"] * 12
    assert one[0, 1:3].tolist() == [11, 2]
    assert np.isnan(one[0, 6:]).all()
    terms = {*one[0, 3:6].tolist()}
    assert len(terms) == 3
    assert terms < {*other[0, 3:8].tolist()}


def test_missing_text_is_missing_and_unknown_words_are_no_surprise():
    _, (coded,) = encode(prose(40), [None, "words never seen", 7, ""])
    assert np.isnan(coded[0, 1:]).all()
    assert coded[1:, 2].tolist() == [3, 1, 0]


def test_hashes_do_not_depend_on_the_rows_that_were_fitted():
    _, (one,) = encode(prose(40, seed=1), prose(5, seed=3))
    _, (two,) = encode(prose(60, seed=2), prose(5, seed=3))
    np.testing.assert_array_equal(one, two)


def test_the_same_word_in_two_columns_is_two_terms():
    encoder = TableEncoder().fit({"a": prose(40), "b": prose(40, seed=1), "n": range(40)})
    coded = encoder.transform({"a": ["quiet"], "b": ["quiet"], "n": [1]})
    names = [feature.name for feature in encoder.features]
    assert coded[0, names.index("a.term0")] != coded[0, names.index("b.term0")]


def test_long_texts_are_cut_and_memory_stays_bounded():
    long = [" ".join(prose(100, seed=i)) for i in range(30)]
    (coded,) = encode(long, long)[1]
    assert coded.shape == (30, 3 + 256)
    assert not np.isnan(coded).any()

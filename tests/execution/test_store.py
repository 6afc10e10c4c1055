"""What every store has to do; another one is plugged in by a class with a `make` of its own."""

import pickle

import numpy as np
import pytest

from automl.exceptions import InvalidInputError
from automl.execution.local import LocalExecutor, LocalStore


class Unfit:
    """Cannot be pickled, and says so when half of it is written."""

    def __reduce__(self):
        raise RuntimeError("not this one")


def leave(store, key, value):
    store.put(key, value)


class StoreContract:
    make = None

    @pytest.fixture
    def store(self, tmp_path):
        return self.make(tmp_path)

    @pytest.mark.parametrize(
        "value",
        [{"depth": 3}, None, np.arange(6.0).reshape(2, 3), np.zeros(0), np.array(["a", None])],
        ids=["object", "none", "array", "empty", "objects"],
    )
    def test_what_is_got_is_what_was_put(self, store, value):
        assert not store.has("models/a-0")
        store.put("models/a-0", value)
        assert store.has("models/a-0")
        found = store.get("models/a-0")
        assert type(found) is type(value)
        np.testing.assert_equal(found, value)
        store.delete("models/a-0")
        store.delete("models/a-0")
        assert not store.has("models/a-0")

    def test_there_is_nothing_under_a_new_key(self, store):
        with pytest.raises(KeyError, match="no value is kept as 'models/a-0'"):
            store.get("models/a-0")

    @pytest.mark.parametrize("key", ["", "..", "../a", "a//b", "/a", "a/.b", "a\n", "a b"])
    def test_keys_are_names_and_no_paths(self, store, key):
        for use in (store.get, store.has, store.delete, lambda one: store.put(one, 1)):
            with pytest.raises(InvalidInputError, match="key must be parts of letters"):
                use(key)

    def test_what_cannot_be_written_leaves_what_was_there(self, store):
        store.put("one", 1)
        with pytest.raises(RuntimeError, match="not this one"):
            store.put("one", [np.zeros(1_000), Unfit()])
        assert store.get("one") == 1

    def test_an_array_that_is_mapped_is_the_same_and_cannot_be_changed(self, store):
        store.put("X", np.arange(4.0))
        mapped = store.get("X", mapped=True)
        assert mapped.tolist() == [0.0, 1.0, 2.0, 3.0]
        with pytest.raises(ValueError, match="read-only"):
            mapped[0] = 1.0

    def test_contents_are_kept_once_and_told_apart(self, store):
        one = np.arange(6, dtype=np.int64)
        key = store.put_content(one)
        assert store.put_content(one.copy()) == key
        assert store.within("target").put_content(one) == key
        others = [one.reshape(2, 3), one.astype(np.float64), one + 1, one.view(np.float64)]
        assert len({key, *map(store.put_content, others)}) == 5
        np.testing.assert_array_equal(store.within("target").get(key), one)

    def test_a_space_has_keys_of_its_own_and_is_cleared_alone(self, store):
        inner, key = store.within("target"), store.put_content(np.arange(3))
        inner.clear()
        for place, value in ((store, 1), (inner, 2), (inner.within("deeper"), 3)):
            place.put("models/a", value)
        assert (store.get("models/a"), inner.get("models/a")) == (1, 2)
        inner.clear()
        assert not inner.has("models/a")
        assert store.get("models/a") == 1
        assert inner.get(key).tolist() == [0, 1, 2]

    def test_a_handle_travels(self, store):
        inner = store.within("target")
        sent = pickle.dumps(inner)
        assert len(sent) < 1_000
        assert pickle.loads(sent) == inner
        assert hash(pickle.loads(sent)) == hash(inner)


class TestLocalStore(StoreContract):
    make = LocalStore

    def test_what_a_job_leaves_its_parent_reads(self, tmp_path):
        store = LocalStore(tmp_path)
        with LocalExecutor(1) as executor:
            executor.submit(leave, store, "models/a", {"depth": 3}).result(timeout=60)
        assert store.get("models/a") == {"depth": 3}

    def test_a_folder_that_is_gone_is_not_made_again(self, tmp_path):
        store = LocalStore(tmp_path / "gone")
        with pytest.raises(FileNotFoundError):
            store.put("models/a", 1)
        assert not (tmp_path / "gone").exists()

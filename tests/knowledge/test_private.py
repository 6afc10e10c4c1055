from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from automl.exceptions import KnowledgeBaseError
from automl.knowledge import is_signed, private_key, sign

DIGEST = hashlib.sha256(b"a table").digest()


def test_same_table_and_owner_give_the_same_name(tmp_path):
    assert private_key(tmp_path, DIGEST) == private_key(tmp_path, DIGEST)
    assert private_key(tmp_path, DIGEST) != private_key(tmp_path, b"another table")


def test_another_owner_gives_another_name_that_is_not_the_plain_hash(tmp_path):
    first, second = (private_key(tmp_path / owner, DIGEST) for owner in ("a", "b"))
    assert first != second
    assert DIGEST.hex()[:8] not in first


@pytest.mark.skipif(os.name == "nt", reason="no such permissions on this platform")
def test_only_the_owner_may_read_the_secret(tmp_path):
    private_key(tmp_path, DIGEST)
    files = list(tmp_path.iterdir())
    assert [path.name for path in files] == ["secret.key"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_first_uses_at_once_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: private_key(tmp_path / "new", DIGEST), range(64)))
    assert len(set(names)) == 1


def test_works_without_hard_links(tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError("links are not supported here")

    monkeypatch.setattr(os, "link", no_links)
    assert private_key(tmp_path, DIGEST) == private_key(tmp_path, DIGEST)


def test_damaged_secret_is_never_used(tmp_path):
    (tmp_path / "secret.key").write_text("not hex")
    with pytest.raises(KnowledgeBaseError, match="must be 64 hex digits"):
        private_key(tmp_path, DIGEST)


def test_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KnowledgeBaseError, match="set AUTOML_HOME to a folder of your own"):
        private_key(tmp_path / "file", DIGEST)


def test_a_signature_is_good_for_its_owner_purpose_and_content(tmp_path):
    digest = hashlib.sha256(b"content").digest()
    made = sign(tmp_path / "own", "model file", digest).encode()
    assert is_signed(tmp_path / "own", "model file", digest, made)
    assert not is_signed(tmp_path / "own", "other file", digest, made)
    assert not is_signed(tmp_path / "own", "model file", digest[::-1], made)
    assert not is_signed(tmp_path / "own", "model file", digest, b"")
    assert not is_signed(tmp_path / "other", "model file", digest, made)
    assert not (tmp_path / "other").exists()


def test_a_full_disk_leaves_no_half_secret(small_disk):
    small_disk.fill()
    with pytest.raises(KnowledgeBaseError, match="No space left on device: set AUTOML_HOME"):
        private_key(small_disk.path, b"digest")
    assert small_disk.names() == set()
    small_disk.free()
    assert private_key(small_disk.path, b"digest") == private_key(small_disk.path, b"digest")

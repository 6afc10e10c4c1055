"""Limits of containers count."""

import psutil
import pytest

from automl.execution.local import memory_share_mb
from automl.memory import available_memory_mb

MB = 2**20


def write(folder, limit, used, cache, names=("memory.max", "memory.current", "memory.stat")):
    folder.mkdir(exist_ok=True)
    for name, text in zip(names, (limit, used, f"anon 1\n{cache}\n"), strict=True):
        (folder / name).write_text(f"{text}\n")


def test_a_container_with_a_limit(tmp_path):
    write(tmp_path, 500 * MB, 300 * MB, f"inactive_file {50 * MB}")
    assert available_memory_mb(tmp_path) == pytest.approx(250)


def test_a_container_of_the_older_kind(tmp_path):
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat")
    write(tmp_path / "memory", 500 * MB, 300 * MB, f"total_inactive_file {10 * MB}", names)
    assert available_memory_mb(tmp_path) == pytest.approx(210)


@pytest.mark.parametrize("limit", ["max", 2**60])
def test_without_a_limit_the_machine_counts(tmp_path, limit):
    write(tmp_path, limit, 300 * MB, "inactive_file 0")
    machine = psutil.virtual_memory().total / MB
    assert 0.02 * machine < available_memory_mb(tmp_path) <= machine
    assert available_memory_mb(tmp_path / "nothing") <= machine


def test_workers_share_it():
    assert 0 < memory_share_mb(4) < memory_share_mb(1) < psutil.virtual_memory().total / MB

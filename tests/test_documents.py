"""What the documents name is there: linked files, headings, commands, their options, scripts."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

import automl.cli
import benchmarks
import metadata

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/**/*.md", "metadata/*.md", "changelog.d/*")
    for page in ROOT.glob(pattern)
    if "venv" not in page.parts
)
SCRIPTS = sorted(
    path for folder in ("benchmarks", "metadata") for path in (ROOT / folder).rglob("*.py")
)
COMMAND = re.compile(r"(?:python -m ((?:automl|benchmarks|metadata)[\w.]*)|\bautoml (?=[a-z]))(.*)")


def _modules():
    for package in (benchmarks, metadata):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith("benchmarks.amlb.extensions"):  # need AMLB
                yield found.name


@pytest.mark.parametrize("name", list(_modules()))
def test_every_script_can_be_imported(name):
    importlib.import_module(name)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.name)
def test_what_an_example_takes_from_the_package_is_there(path):
    """Without running it, which takes minutes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "automl":
            assert hasattr(importlib.import_module("automl"), node.attr)


def _anchors(page):
    """As GitHub makes them from headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_leads_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        folder = ROOT if page.parent.name == "changelog.d" else page.parent  # where they end up
        linked = folder / name if name else page
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked), target


def _commands():
    """Yield (words of the command without options, options), each once, with where it stands."""
    found = {}
    for path in [*PAGES, *SCRIPTS, *ROOT.glob("examples/*.sh")]:
        text = path.read_text().replace("\\\n", " ")
        for snippet in _snippets(text, path.suffix):
            match = COMMAND.match(snippet)
            if match:
                words = match[2].split("#")[0].split("|")[0].split()
                options = tuple(w for w in words if re.fullmatch(r"--[a-z][a-z-]*", w))
                found.setdefault((match[1], tuple(words), options), path.name)
    return [pytest.param(*key, id=f"{where}: {' '.join(key[1])}") for key, where in found.items()]


def _snippets(text, suffix):
    """Lines of blocks of code, and code within lines; of scripts, lines that are a command."""
    if suffix in (".py", ".sh"):
        return [line.strip() for line in text.splitlines()]
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^ *```\w*\n.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [*lines, *(" ".join(code.split()) for code in re.findall(r"`([^`]+)`", rest))]


@cache
def _main(module):
    if module is None:
        return automl.cli.main
    found = importlib.import_module(module)
    if hasattr(found, "__path__"):
        found = importlib.import_module(f"{module}.__main__")
    return found.main


@pytest.mark.parametrize(("module", "words", "options"), _commands())
def test_every_command_of_the_documents_knows_its_options(module, words, options, capsys):
    group = words[: 2 if words[0] in ("kb", "openml") else 1] if module is None else ()
    with pytest.raises(SystemExit) as end:
        _main(module)([*group, "--help"])
    assert end.value.code == 0
    known = set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
    assert set(options) <= known

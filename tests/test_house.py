"""The house: who may import whom, what is in the wheel, what stands in the documents."""

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from config.keywords import load_keywords
from config.texts import load_texts
from relay.cli.main import main

ROOT = Path(__file__).parents[1]
LEAVES = ("config", "content", "gateways")
OURS = {*LEAVES, "relay", "tests"}
ALLOWED = {"config": {"config"}, "content": {"content"}, "gateways": {"gateways"}}


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a module imports, lazily too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide what is imported"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_imports_nothing_of_ours_but_itself(leaf):
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / leaf).rglob("*.py")
        for name in imported(path)
        if name in OURS - ALLOWED[leaf]
    }
    assert wrong == set()


def test_the_trunk_imports_no_tests():
    for path in (ROOT / "relay").rglob("*.py"):
        assert "tests" not in set(imported(path)), path


def test_the_simulated_modem_shares_no_code_with_the_sms_gateway():
    for path in (ROOT / "gateways" / "simulated").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            assert not any(name.startswith("gateways.sms") for name in names), path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The built wheel's file names."""
    folder = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_the_wheel_holds_every_module_and_every_file_of_data(wheel):
    wanted = {
        str(path.relative_to(ROOT))
        for package in OURS - {"tests"}
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".toml", ".xml"}
    }
    assert wanted - wheel == set()
    assert "config/defaults.toml" in wheel


def test_the_wheel_holds_no_tests(wheel):
    assert not [name for name in wheel if name.startswith("tests")]


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[str]:
    """Every command as one types it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        here = (*path, name)
        yield " ".join(here)
        if isinstance(command, click.Group):
            yield from commands(command, here)


@pytest.mark.parametrize("command", sorted(commands(main, ("jarshy",))))
def test_the_readme_names_every_command(command):
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def keywords() -> list[str]:
    """The words that the node itself shows, and the digits."""
    table = load_keywords()
    shown = []
    for keyword in table.actions:
        shown += [words[0] for words in keyword.words.values() if words]
    return sorted(set(shown))


@pytest.mark.parametrize("keyword", keywords())
def test_the_readme_names_every_keyword(keyword):
    assert keyword in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_dependency_says_why_it_is_there():
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    lines = (ROOT / "setup.cfg").read_text(encoding="utf-8").split("install_requires =")[1]
    names = [line.strip().split(">")[0] for line in lines.split("[")[0].splitlines()]
    for name in filter(None, names):
        assert f"`{name}`" in architecture, name


def test_the_lock_file_pins_hashes_and_names_no_index():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line]
    pinned = [at for at, line in enumerate(lines) if line[:1].isalnum()]
    assert pinned
    assert all("==" in lines[at] and "--hash=" in lines[at + 1] for at in pinned)


def test_every_text_of_the_catalogue_is_said_by_some_code():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "relay").rglob("*.py"))
    for key in load_texts().keys:
        family = key.split(".")[0]
        assert f'"{key}"' in code or f'f"{family}.{{' in code, key

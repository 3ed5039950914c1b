"""The settings file that a new node starts with."""

import re
from pathlib import Path

import msgspec
import pytest

from config.settings import load, parse
from config.template import render

SWITCHED_OFF = re.compile(r"^#(?=\S)", re.MULTILINE)


def test_the_new_file_means_the_defaults(tmp_path):
    file = tmp_path / "jarshy.toml"
    file.write_text(render(tmp_path, "almaty-1"), encoding="utf-8")
    expected = parse("", file)
    node = msgspec.structs.replace(expected.node, name="almaty-1")
    assert load(file) == msgspec.structs.replace(expected, node=node)


def test_the_new_file_switched_on_means_the_examples():
    settings = parse(SWITCHED_OFF.sub("", render(Path("/s"), "a")), Path("jarshy.toml"))
    names = [entry.name for entry in (*settings.modems, *settings.sources, *settings.radios)]
    assert names == ["beeline", "example", "mesh"]


def test_a_modem_is_switched_on_by_three_lines():
    text = render(Path("/s"), "a")
    for line in ("[[modem]]", 'name = "beeline"', 'port = "/dev/'):
        assert f"#{line}" in text
        text = text.replace(f"#{line}", line)
    (modem,) = parse(text, Path("jarshy.toml")).modems
    assert modem.segments_per_day == 200


def test_a_key_switched_on_without_its_section_is_explained():
    text = render(Path("/s"), "a").replace('#name = "beeline"', 'name = "beeline"')
    with pytest.raises(ValueError, match=r"switch on the \[section\] above it"):
        parse(text, Path("jarshy.toml"))


def test_the_first_lines_lead_to_what_must_be_set_first():
    lines = render(Path("/s"), "a").splitlines()
    pointers = [re.match(r"#   \d\. line (\d+): (\w+),", line) for line in lines]
    found = [(match[2], lines[int(match[1]) - 1]) for match in pointers if match]
    assert [key for key, _ in found] == ["port", "segments_per_day", "url"]
    assert all(line.startswith(f"#{key} = ") for key, line in found)


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param('/srv/a "b"', id="quotes"),
        pytest.param("/srv/a\\b", id="backslash"),
        pytest.param("/srv/{0}", id="braces"),
        pytest.param("/srv/жаршы", id="kazakh"),
        pytest.param("/srv/a\tb", id="tab"),
    ],
)
def test_any_folder_can_be_written(folder):
    text = render(Path(folder), "a")
    assert parse(text, Path("jarshy.toml")).node.state_dir == Path(folder)


def test_lines_fit_a_terminal():
    assert max(map(len, render(Path("/s"), "a").splitlines())) <= 100

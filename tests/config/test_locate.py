"""Lines and comments of the keys in a TOML text."""

import tomllib
from textwrap import dedent

import pytest

from config.defaults import defaults
from config.locate import line_of, places, statements


def paths(tree, path=()):
    """Yield the paths of all tables and keys of what tomllib read."""
    if path:
        yield path
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from paths(value, (*path, name))
    elif isinstance(tree, list) and tree and all(isinstance(item, dict) for item in tree):
        for index, item in enumerate(tree):
            yield from paths(item, (*path, index))


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        pytest.param("a = 1\nb = 2", ("b",), 2, id="key"),
        pytest.param("a = 1\r\nb = 2\r\n", ("b",), 2, id="windows-newlines"),
        pytest.param("\n[t]\n\na = 1", ("t", "a"), 4, id="key-of-a-table"),
        pytest.param("[ a . b ] # c\nx = 1", ("a", "b", "x"), 2, id="spaces-in-a-header"),
        pytest.param("[a.b]", ("a",), 1, id="table-opened-on-the-way"),
        pytest.param("[a.b]\n[a]", ("a",), 2, id="table-opened-on-the-way-and-later"),
        pytest.param("a.b.c = 1", ("a", "b", "c"), 1, id="dotted-key"),
        pytest.param('"a.b"."#" = 1', ("a.b", "#"), 1, id="quoted-key"),
        pytest.param("'[[a]]' = 1", ("[[a]]",), 1, id="key-like-a-header"),
        pytest.param("[[t]]\na=1\n[[t]]\na=1", ("t", 1, "a"), 4, id="second-entry"),
        pytest.param("[[t]]\n[[t]]", ("t",), 1, id="array-stands-where-it-begins"),
        pytest.param("[[t]]\n[t.s]\na=1", ("t", 0, "s", "a"), 3, id="table-in-an-entry"),
        pytest.param("[[t]]\n[[t.s]]\n[[t.s]]\na=1", ("t", 0, "s", 1, "a"), 4, id="nested-arrays"),
        pytest.param("a = [\n1, # ]\n2]\nb = 1", ("b",), 4, id="list-over-lines"),
        pytest.param('a = \'#\'\nb = "]\\"["\nc = 1', ("c",), 3, id="signs-in-strings"),
        pytest.param('a = """\n# [\n\\""" "\n""""\nb = 1', ("b",), 5, id="string-over-lines"),
        pytest.param("a = '''\n\"[\n''''\nb = 1", ("b",), 4, id="literal-over-lines"),
        pytest.param('a = ""\nb = 1', ("b",), 2, id="empty-string"),
        pytest.param('a = """"""\nb = 1', ("b",), 2, id="empty-long-string"),
        pytest.param("a = {b = 1}\nc = 1", ("c",), 2, id="after-an-inline-table"),
    ],
)
def test_each_key_is_found_on_its_line(text, path, line):
    tomllib.loads(text)  # the scanner promises nothing about other texts
    assert places(text)[path].line == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("t", 0, "a"), 3, id="key"),
        pytest.param(("t", 0, "missing"), 2, id="missing-key-stands-at-its-header"),
        pytest.param(("t", 0, "a", 1), 3, id="item-stands-at-its-list"),
        pytest.param(("inline", "x"), 1, id="key-of-an-inline-table"),
        pytest.param(("nowhere", "x"), 0, id="unknown"),
    ],
)
def test_what_has_no_line_of_its_own_stands_at_what_holds_it(path, line):
    assert line_of(path, places("inline = {x = 1}\n[[t]]\na = [1,\n2]")) == line


def test_a_comment_belongs_to_the_key_right_below_it():
    text = """\
        # far

        # near,
        # in two lines
        a = 1  # beside
        b = 2
        # of the table
        [t]
    """
    found = places(dedent(text))
    assert [found[path].comment for path in [("a",), ("b",), ("t",)]] == [
        "near, in two lines",
        "",
        "of the table",
    ]


def test_a_statement_comes_without_its_comments():
    (statement,) = statements("a = [ # one\n  1, # two\n] # three")
    assert statement.text.split() == ["a", "=", "[", "1,", "]"]


def test_all_that_tomllib_reads_is_found():
    text = defaults().text
    assert set(places(text)) == set(paths(tomllib.loads(text)))

"""Make a line of plain text of whatever a feed sends.

Feeds are hostile: markup in titles, entities escaped twice, characters
that reorder or hide a text.  What leaves here is one line in NFC
(Unicode Annex 15) that shows on a phone what it holds.
"""

import html
import re
import unicodedata

import nh3

# Their text is not meant for readers, so it goes along with the tag.
_SILENT_TAGS = {"iframe", "math", "noscript", "object", "script", "style", "svg", "template"}

# nh3 takes tags out without a trace; words of two blocks would grow together.
_BLOCK_TAG = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]"
    r"|header|hr|li|main|ol|option|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)[\s/>])",
    re.IGNORECASE,
)

# What HTML takes for the start of a tag (HTML Living Standard 13.2.5.6).
_TAG_START = re.compile(r"<+(?=[A-Za-z/!?])")

# Invisible, though Unicode files them under letters, marks and symbols.
_INVISIBLE_OTHERS = frozenset((
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0,
    *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
))  # fmt: skip

# Control, format (bidi, zero-width, soft hyphen, tags), lone surrogates,
# private use, unassigned (Unicode 4.5, General Category).
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))

# No language of ours stacks more; more is a trick that blots out other lines.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
_STACKED_MARKS = re.compile(f"({_MARK}{{2}}){_MARK}+")


def clean(text: str) -> str:
    """Strip markup and all that is invisible; fold to one line in NFC.

    Entities are unescaped exactly once.  Where that uncovers markup, it is
    stripped too, and no entity in it is unescaped again.
    """
    once = html.unescape(_without_tags(_visible(text)))
    shown = _visible(once)
    if _TAG_START.search(shown):
        escaped = shown.replace("&", "&amp;")
        shown = _TAG_START.sub("", _visible(html.unescape(_without_tags(escaped))))
    composed = unicodedata.normalize("NFC", shown)
    return " ".join(_STACKED_MARKS.sub(r"\1", composed).split())


def _without_tags(text: str) -> str:
    """Give the text of an HTML fragment, still escaped."""
    if "<" not in text:
        return text
    spaced = _BLOCK_TAG.sub(" <", text)
    return nh3.clean(spaced, tags=set(), clean_content_tags=_SILENT_TAGS)


def _visible(text: str) -> str:
    """Drop what has no shape; any white space becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    """Give the character, a space in place of white space, or nothing."""
    if character.isspace():
        return " "
    if character.isprintable() and ord(character) not in _INVISIBLE_OTHERS:
        return character
    hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES
    return "" if hidden or ord(character) in _INVISIBLE_OTHERS else character

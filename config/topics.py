"""What a bulletin may be about, and how a person may read it.

The order of the topics is the order in which people choose them: the first
is 61 on the keypad, the ninth 69.
"""

from typing import Final, Literal, get_args

Topic = Literal[
    "danger",  # curfew, checkpoints, closed roads, shooting
    "medical",
    "lines",  # hotlines
    "supplies",  # shops, cash, fuel
    "transport",
    "missing",  # people looked for
    "legal",
    "news",
    "proxy",
]
Language = Literal["kk", "ru", "en"]
Script = Literal["cyrillic", "plain", "latin"]

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
SCRIPTS: Final[tuple[Script, ...]] = get_args(Script)

# What JOIN enrols for.
DEFAULT_TOPICS: Final[tuple[Topic, ...]] = ("danger", "lines", "news")

# A proxy link is told to those who ask; sent to all it would be blocked at once.
PUSHABLE: Final[tuple[Topic, ...]] = tuple(topic for topic in TOPICS if topic != "proxy")

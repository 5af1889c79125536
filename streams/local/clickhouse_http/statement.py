"""What the text of a query says about the data around it. Pure: bytes in, decisions out."""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    rb"""(?P<gap> \s+ | --[^\n]* | \#[^\n]* | /\*.*?\*/ )
       | (?P<quoted> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `(?:[^`\\]|\\.)*` )
       | (?P<word> \w+ )
       | (?P<sign> . )""",
    re.VERBOSE | re.DOTALL,
)
#: What ClickHouse skips between the format's name and the data behind it in the same text.
_BEFORE_DATA: Final = re.compile(rb"[ \t]*;?[ \t]*\r?\n?")
_FORMAT_AT_END: Final = re.compile(
    rb"\bFORMAT\s+(\w+)\s*(?:SETTINGS\s[^()]*)?;?\s*$", re.IGNORECASE
)
#: An INSERT with one of these has no data of a FORMAT behind it.
_OTHER_SOURCES: Final = frozenset((b"VALUES", b"SELECT", b"WITH", b"WATCH", b"FROM"))
#: First words of statements that answer with rows.
_ROWS: Final = frozenset(
    (b"SELECT", b"WITH", b"SHOW", b"DESCRIBE", b"DESC", b"EXPLAIN", b"EXISTS", b"CHECK", b"FROM")
)


@dataclass(frozen=True)
class Insert:
    """An INSERT whose rows come as data: the statement up to FORMAT, the format, the data."""

    statement: str
    format: str
    data: bytes


def parse_insert(text: bytes) -> Insert | None:
    """Split `INSERT ... FORMAT name data`; None for every other statement.

    Only the words before the data are read, so the cost does not grow with the data.
    """
    depth, words = 0, 0
    wants_name, head_end = False, 0
    for token in _TOKEN.finditer(text):
        sign, word = token["sign"], token["word"]
        if sign:
            depth += (sign == b"(") - (sign == b")")
        if not word or depth:
            continue
        words += 1
        if wants_name:
            start = _BEFORE_DATA.match(text, token.end())
            offset = start.end() if start else token.end()
            return Insert(text[:head_end].decode(), word.decode(), text[offset:])
        if (words == 1 and word.upper() != b"INSERT") or word.upper() in _OTHER_SOURCES:
            return None
        wants_name, head_end = word.upper() == b"FORMAT", token.start()
    return None


def first_word(text: bytes) -> bytes:
    """Give the statement's first word in capitals; empty if there is none."""
    words = (token["word"] for token in _TOKEN.finditer(text) if not token["gap"])
    return next((word.upper() for word in words if word), b"")


def answers_rows(text: bytes) -> bool:
    """Say whether the statement answers with rows."""
    return first_word(text) in _ROWS


def output_format(text: bytes, default: str) -> str:
    """Give the format of the statement's FORMAT clause, else `default`."""
    named = _FORMAT_AT_END.search(text[-4096:])
    return named[1].decode() if named else default

"""The fields of SWIFT MT940 and MT942 messages: `:61:` and the lines that go on with it.

Real files carry the messages in a SWIFT envelope (`{1:...}{4:` up to `-}`), after preamble lines of the bank, or
bare; a field goes on until the next tag or a line `-`. Only known tags count, so that a text cut inside of a time
(`T16`, then `:26:37`) has no field 26.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

END = "-"  # the tag of the end mark of a message

_TAG = re.compile(r":(20|21|25P?|28[CD]?|13D|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):(.*)")
_CLOCK = re.compile(r":(2[0158]|1\d|[0-5]\d):[0-5]\d(?!\d)")
_END_LINE = re.compile(r"-(\}.*|X{3})?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WRAPPED = 60  # a line at least so long may be cut in the middle of a word, or of a time


@dataclass(slots=True)
class Field:
    """A tag without its colons, where it stands, and its lines (the first without the tag)."""

    tag: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def fields(text: str) -> Iterator[Field]:
    """The fields of all messages in order, with an `END` field at each end mark."""
    current: Field | None = None
    for number, line in _lines(text):
        tag = _TAG.match(line)
        if current and not (tag and not _is_clock(current, line)) and not _END_LINE.fullmatch(line):
            current.lines.append(line)
            continue
        if current:
            yield current
        current = Field(tag[1], number, [tag[2]]) if tag else None
        if _END_LINE.fullmatch(line):
            yield Field(END, number)
    if current:
        yield current


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines without envelope, control characters and blanks at their end; a lone colon joins the next."""
    colon = ""
    for number, line in enumerate(_CONTROLS.sub("", text).split("\n"), 1):
        if line.startswith("{1:"):
            line = line.partition("{4:")[2]
        line = colon + line.rstrip()
        colon = ":" if line == ":" else ""
        if not colon:
            yield number, line


def _is_clock(current: Field, line: str) -> bool:
    """Whether a details line was cut inside of a time, so that its minutes look like a tag."""
    return current.tag == "86" and len(current.lines[-1]) >= _WRAPPED and _CLOCK.match(line) is not None


def unwrap(lines: list[str], full: int = 65) -> str:
    """The lines as one text: a full line goes on without a blank, a shorter one ended there or lost its blank.

    A line is full at 65 characters, the first also at 61: some banks count its tag.
    """
    text = ""
    for number, line in enumerate(lines):
        text += line
        if not (len(line) >= full or (number == 0 and len(line) == 61)):
            text += " "
    return text.strip()

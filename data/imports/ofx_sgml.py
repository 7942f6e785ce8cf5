"""The tags of an OFX file as aggregates with values, whatever the dialect.

OFX 1 is SGML whose elements need no end tag (`<TRNAMT>-5.00`), OFX 2 is XML, and files in the wild are each with
habits of the other: an XML header over SGML, end tags in SGML, `<MEMO/>`, empty elements left open. One
tolerant reader serves all: a tag with text is a value; a tag without is an aggregate until its parent's
end tag shows that it was an empty value. Nothing is ever expanded but the five XML and the HTML character
references, so a hostile file gains nothing; time and memory are linear in the file.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from data.imports.statement import Unreadable

# Aggregates that carry a cash movement or the frame around them; each is handed out when it closes.
_BUYS_AND_SELLS = {side + what for side in ("BUY", "SELL") for what in ("DEBT", "MF", "OPT", "OTHER", "STOCK")}
NO_CASH = frozenset({"REINVEST", "TRANSFER", "CLOSUREOPT", "JRNLFUND", "JRNLSEC"})
TRADES = frozenset({"INCOME", "INVEXPENSE", "MARGININTEREST", "RETOFCAP", "SPLIT"} | _BUYS_AND_SELLS | NO_CASH)
STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_HANDED_OUT = TRADES | STATEMENTS | {"STMTTRN", "STMTTRNP", "SECINFO", "STATUS"}
_FRAMES = _HANDED_OUT | {"OFX", "BANKTRANLIST", "INVTRANLIST", "BANKTRANLISTP", "INVBANKTRAN"}
_DEEPEST = 100

_TOKEN = re.compile(r"<(?:(/?)([A-Za-z][\w.:\-]*+)([^<>]*+)>|(!\[CDATA\[)|(!--)|[!?][^<>]*+>)")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")


@dataclass(slots=True, eq=False)
class Aggregate:
    """A tag with others inside: its own values (first of a name), and the aggregates in it by name."""

    name: str
    line: int
    parent: Aggregate | None = None
    values: dict[str, str] = field(default_factory=dict)
    children: dict[str, Aggregate] = field(default_factory=dict)

    def value(self, *path: str) -> str:
        """The text at the path (`"LEDGERBAL", "BALAMT"`), or an empty one."""
        node: Aggregate | None = self
        for name in path[:-1]:
            node = node.children.get(name) if node else None
        return node.values.get(path[-1], "") if node else ""

    def outer(self, name: str) -> str:
        """The value of that name in the nearest enclosing aggregate that has one."""
        node: Aggregate | None = self
        while node is not None:
            if node.values.get(name):
                return node.values[name]
            node = node.parent
        return ""


class _Tree:
    """The open aggregates; closing one gives what is to be handed out."""

    def __init__(self) -> None:
        self.open: list[Aggregate] = [Aggregate("", 1)]
        self.names: Counter[str] = Counter()

    def start(self, name: str, line: int) -> list[Aggregate]:
        """Open an aggregate; one of the same name that was left open (no end tag in the file) closes first."""
        done = self.end(name) if name in _HANDED_OUT and self.names[name] else []
        if len(self.open) > _DEEPEST:
            raise Unreadable(f"The tags are nested more than {_DEEPEST} deep (line {line}).")
        node = Aggregate(name, line, self.open[-1])
        self.open.append(node)
        self.names[name] += 1
        return done

    def value(self, name: str, text: str) -> None:
        self.open[-1].values.setdefault(name, text)

    def end(self, name: str) -> list[Aggregate]:
        """Close an aggregate and what was left open in it; an end tag without a start is ignored."""
        done: list[Aggregate] = []
        if not self.names[name]:
            return done
        while True:
            node = self.open.pop()
            self.names[node.name] -= 1
            if node.name in _HANDED_OUT:
                done.append(node)
            elif node.name == name:
                self.open[-1].children.setdefault(name, node)
            else:
                self._hoist(node)
            if node.name == name:
                return done

    def _hoist(self, node: Aggregate) -> None:
        """It was an empty value without an end tag: what seemed to be in it stands beside it."""
        parent = self.open[-1]
        for name, text in node.values.items():
            parent.values.setdefault(name, text)
        for name, child in node.children.items():
            parent.children.setdefault(name, child)


def aggregates(text: str) -> Iterator[Aggregate]:
    """Transactions, statements, securities and status codes in the order in which they close.

    `Unreadable` when the file ends inside of one of them, or declares entities.
    """
    tree, line, at = _Tree(), 1, 0
    match = _TOKEN.search(text)
    while match:
        line += text.count("\n", at, match.start())
        at = match.start()
        end, content, match = _content(text, match, line)
        slash, name, rest = end
        if not name:
            continue
        if slash:
            yield from tree.end(name)
        elif content and name not in _FRAMES:
            tree.value(name, content)
        elif not rest.endswith("/"):
            yield from tree.start(name, line)
    _refuse_truncated(tree)


def _content(text: str, match: re.Match[str], line: int) -> tuple[tuple[str, str, str], str, re.Match[str] | None]:
    """The tag of a token, the text up to the next tag (CDATA and comments resolved), and that next tag."""
    tag = (match[1] or "", (match[2] or "").upper(), match[3] or "")
    if match[0][:8].upper() == "<!ENTITY":
        raise Unreadable(f"The file declares entities, which no OFX statement needs (line {line}).")
    parts: list[str] = []
    at = match.start() if match[4] or match[5] else match.end()
    while following := _TOKEN.search(text, at):
        parts.append(_unescape(text[at : following.start()]))
        opener, closer = ("<![CDATA[", "]]>") if following[4] else ("<!--", "-->")
        if not (following[4] or following[5]):
            return tag, "".join(parts).strip(), following
        stop = text.find(closer, following.end())
        if stop < 0:
            raise Unreadable(f"The file ends inside of {opener} (after line {line}).")
        if following[4]:
            parts.append(text[following.end() : stop])
        at = stop + len(closer)
    parts.append(_unescape(text[at:]))
    return tag, "".join(parts).strip(), None


def _unescape(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _refuse_truncated(tree: _Tree) -> None:
    """A file that stops before its statements are closed is not whole: its last lines are missing."""
    for node in reversed(tree.open):
        if node.name in _FRAMES - {"OFX", "STATUS"}:
            raise Unreadable(f"The file ends in the middle of <{node.name}>, which began on line {node.line}.")

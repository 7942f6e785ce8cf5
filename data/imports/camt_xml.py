"""ISO 20022 XML as small trees: one for each entry and each statement, as they close.

Expat calls back for every tag, so a file of any size needs the memory of one entry. Document type and entity
declarations, which no bank statement has, are refused as soon as they are met: an entity can then neither
grow without bound nor reach another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from data.imports.statement import Unreadable

STATEMENTS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_DEEPEST = 100
_LONGEST = 1 << 16  # characters of text in one element; no field of a statement comes near
_CHUNK = 1 << 16  # characters
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True, eq=False)
class Node:
    """An element without its namespace, its line, and what is in it.

    Only an entry knows its `statement` (which does not hold it): without cycles, memory is free again at once.
    """

    name: str
    line: int
    attributes: dict[str, str]
    statement: Node | None = None
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> list[Node]:
        """Every element at the path (`"NtryDtls/TxDtls"`)."""
        name, _, rest = path.partition("/")
        found = [child for child in self.children if child.name == name]
        return [node for child in found for node in child.all(rest)] if rest else found

    def first(self, path: str) -> Node | None:
        found = self.all(path)
        return found[0] if found else None

    def value(self, *paths: str) -> str:
        """The text at the first of these paths that has one, or an empty one."""
        for path in paths:
            for node in self.all(path):
                if node.text:
                    return node.text
        return ""


def elements(text: str) -> Iterator[Node]:
    """The entries (`Ntry`) and then the statement they are in, in the order of the file; `Unreadable` when broken."""
    start = len(text) - len(text.lstrip())
    builder = _Builder(text.count("\n", 0, start))
    text = _CONTROLS.sub("", text)[start:]
    try:
        for at in range(0, len(text), _CHUNK):
            builder.parser.Parse(text[at : at + _CHUNK].encode(), False)
            yield from builder.take()
        builder.parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise Unreadable(f"The XML is broken: {what} (line {error.lineno + builder.before}).") from None
    yield from builder.take()


class _Builder:
    """Expat's handlers: keeps the open elements and what is ready."""

    def __init__(self, before: int) -> None:
        self.before = before  # lines in front of the XML
        self.open: list[Node] = []
        self.ready: list[Node] = []
        self.parser = expat.ParserCreate("utf-8")  # the text is decoded already, whatever its declaration says
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.declaration
        self.parser.EntityDeclHandler = self.declaration

    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.before

    def declaration(self, *_: object) -> None:
        raise Unreadable(f"The XML declares a document type or entities, as no statement does (line {self.line()}).")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= _DEEPEST:
            raise Unreadable(f"The XML is nested more than {_DEEPEST} deep (line {self.line()}).")
        self.open.append(Node(name.rpartition(":")[2], self.line(), attributes))

    def data(self, text: str) -> None:
        node = self.open[-1]
        if len(node.text) < _LONGEST:
            node.text += text

    def end(self, _: str) -> None:
        node = self.open.pop()
        node.text = node.text.strip()
        outer = self.open[-1] if self.open else node
        if node.name == "Ntry" and outer.name in STATEMENTS:
            node.statement = outer
            self.ready.append(node)
        elif node.name in STATEMENTS and outer.name.startswith("BkToCstmr"):
            self.ready.append(node)
        elif len(self.open) > 1:
            outer.children.append(node)

    def take(self) -> list[Node]:
        ready, self.ready = self.ready, []
        return ready

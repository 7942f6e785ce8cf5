"""Parts of pages without callbacks inside, as trees of plain elements.

Dash makes a component of each element, and each of them looks at every change of the page's state: a page of a thousand
looks tens of thousands of times while it is drawn again. A `Static` is one component whatever is in it: the browser
draws its tree itself (`assets/07-static.js`), and changes of what stood there only what differs.
"""

from __future__ import annotations

from typing import Any, Final

from dash.development.base_component import Component

from components.elements import Link, Tooltip, html

_NAMES: Final[dict[type, str]] = {
    Link: "dash_core_components.Link",
    Tooltip: "dash_mantine_components.Tooltip",
    **{kind: tag.lower() for tag, kind in vars(html).items()},
}
"""How the browser knows the kinds of elements."""


class Static(Component):
    """A place for a tree: an element `tag` with `className` and what `others` say (`role`, `aria-label`, `style`)."""

    _children_props: list[str] = []
    _base_nodes: list[str] = []
    _namespace = "fd"
    _type = "Static"

    def __init__(self, parts: Any = None, *, id: str, tag: str = "div", **others: Any) -> None:
        self._prop_names = ["id", "tree", "tag", "className", "style", "role", "tabIndex"]
        self._valid_wildcard_attributes = ["data-", "aria-"]
        self.available_properties = self._prop_names
        self.available_wildcard_properties = self._valid_wildcard_attributes
        component: Any = super()
        component.__init__(id=id, tag=tag, tree=tree(parts), **others)


def tree(parts: Any) -> list[Any]:
    """What is drawn for a component, a text, or several of them: texts, and elements as lists in JsonML.

    Raises `TypeError` for what a callback may have a hand in.
    """
    if parts is None:
        return []
    return [_node(part) for part in (parts if isinstance(parts, list | tuple) else [parts])]


def _node(part: Any) -> Any:
    name = _NAMES.get(type(part))
    if name is None:
        if part is None or isinstance(part, str | int | float):
            return part
        raise TypeError(f"A {type(part).__name__} is not static: {part!r}")
    given = vars(part).copy()
    children = given.pop("children", None)
    if not isinstance(given.get("id", ""), str):
        raise TypeError("What callbacks know by its id is not static")
    return [name, given, *tree(children)]

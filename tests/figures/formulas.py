"""Reads the formulas of explanations: whole-number arithmetic over the inputs, rounded as the registry says, and words
that hold under conditions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Any

_OPERATIONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}

_CALLS: dict[str, Callable[[list[Fraction], Fraction], Fraction]] = {
    "min": lambda values, _: min(values),
    "max": lambda values, _: max(values),
    "floor": lambda values, step: floor(values[0] / step) * step,
}


_COMPARISONS: dict[type[ast.AST], Callable[[Fraction, Fraction], bool]] = {
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
}


def word(formula: str, inputs: Mapping[str, Fraction]) -> str:
    """The word whose condition is the first that holds."""
    node = ast.parse(formula, mode="eval").body
    while isinstance(node, ast.IfExp):
        node = node.body if _holds(node.test, inputs) else node.orelse
    assert isinstance(node, ast.Name)
    return node.id


def _holds(node: ast.AST, inputs: Mapping[str, Fraction]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_holds(part, inputs) for part in node.values)
        case ast.BoolOp(op=ast.Or()):
            return any(_holds(part, inputs) for part in node.values)
        case ast.Compare(ops=[op], comparators=[right]):
            left, other = (_value(part, inputs, [], Fraction(1)) for part in (node.left, right))
            return _COMPARISONS[type(op)](left, other)
    raise AssertionError(ast.dump(node))


def results(formula: str, inputs: Mapping[str, Fraction], every: list[Fraction], step: Fraction) -> list[Fraction]:
    """What each side of a formula comes to, rounded half to even to whole steps."""
    found = (_value(ast.parse(side.strip(), mode="eval").body, inputs, every, step) for side in formula.split("="))
    return [round(each / step) * step for each in found]


def _value(node: ast.AST, inputs: Mapping[str, Fraction], every: list[Fraction], step: Fraction) -> Fraction:
    def value(part: ast.AST) -> Fraction:
        return _value(part, inputs, every, step)

    match node:
        case ast.Constant():
            return Fraction(str(node.value))
        case ast.Name():
            return inputs[node.id]
        case ast.BinOp():
            return Fraction(_OPERATIONS[type(node.op)](value(node.left), value(node.right)))
        case ast.UnaryOp():
            return Fraction(_OPERATIONS[type(node.op)](value(node.operand)))
        case ast.Call(func=ast.Name(id="sum")):
            return sum(every, Fraction(0))
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS[name]([value(part) for part in node.args], step)
    raise AssertionError(ast.dump(node))

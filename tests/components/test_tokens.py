"""The colours in `assets/10-tokens.css` have the contrast that WCAG 2.2 AA asks for, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SCHEMES = ("light", "dark")
TEXT = 4.5
MARK = 3.0
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("text", "text-muted", "text-faint")
        for ground in ("ground", "surface", "sunken")
    ],
    *[(ink, "surface", TEXT) for ink in ("accent", "good", "warning", "over", "worth", "assets", "liabilities")],
    ("accent", "accent-soft", TEXT),
    ("on-accent", "accent-solid", TEXT),
    ("text", "warning-soft", TEXT),
    ("surface", "text", TEXT),
    *[(mark, "surface", MARK) for mark in ("income", "expenses", "bar-calm", "bar-warning", "bar-over", "focus")],
    *[("line-strong", ground, MARK) for ground in ("ground", "surface")],
    ("focus", "ground", MARK),
    ("zero-line", "grid", 1.5),
]


def tokens(scheme: str) -> dict[str, str]:
    """The custom properties of one scheme."""
    css = (ASSETS / "10-tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    text = "".join(body for selector, body in blocks if selector.rstrip().endswith(f"='{scheme}']"))
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", text))


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    palette = tokens(scheme)
    assert contrast(palette[ink], palette[ground]) >= least


def test_both_schemes_have_the_same_tokens() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_every_token_in_use_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", (ASSETS / "10-tokens.css").read_text(encoding="utf-8")))
    for sheet in sorted(ASSETS.glob("*.css")):
        css = sheet.read_text(encoding="utf-8")
        used = set(re.findall(r"var\((--[a-z0-9-]+)[),]", css))
        assert used - defined <= {"--icon-size", "--depth", "--report-name"}, sheet.name  # set on single elements


def test_colours_are_written_in_one_place() -> None:
    for sheet in sorted(ASSETS.glob("*.css")):
        if sheet.name != "10-tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", sheet.read_text(encoding="utf-8")), sheet.name

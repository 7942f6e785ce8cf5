"""The ids of all components that callbacks touch: the only place where pages and callbacks meet."""

from __future__ import annotations

from typing import Any, Final

URL: Final = "url"
"""The address bar (dcc.Location): period and filters live in its `search`."""
THEME: Final = "theme"
"""Store: the scheme in use and whether the screen is narrow; charts are painted again when it changes."""
THEME_TOGGLE: Final = "theme-toggle"
PRIVACY_TOGGLE: Final = "privacy-toggle"
PRIVACY: Final = "privacy"

SHELL_TENANT: Final = "shell-tenant"
SHELL_ACCOUNT: Final = "shell-account"

OVERVIEW: Final = "overview"
OVERVIEW_EYEBROW: Final = "overview-eyebrow"
OVERVIEW_PRESETS: Final = "overview-presets"
OVERVIEW_RANGE: Final = "overview-range"
OVERVIEW_SPAN: Final = "overview-span"
"""Store: the days shown now, so that the picker can tell a person's choice from an answer."""
OVERVIEW_CHIPS: Final = "overview-chips"
OVERVIEW_NOTICE: Final = "overview-notice"
OVERVIEW_STATE: Final = "overview-state"
OVERVIEW_CARDS: Final = "overview-cards"
OVERVIEW_QUALITY: Final = "overview-quality"
OVERVIEW_BUDGETS: Final = "overview-budgets"
OVERVIEW_CATEGORIES: Final = "overview-categories"
OVERVIEW_RECENT: Final = "overview-recent"

NET_WORTH: Final = "net-worth"
CASH_FLOW: Final = "cash-flow"

IMPORT: Final = "import"
IMPORT_EYEBROW: Final = "import-eyebrow"
IMPORT_ACCESS: Final = "import-access"
"""Where files are chosen, or why they cannot be."""
IMPORT_DROP: Final = "import-drop"
IMPORT_CHOOSE: Final = "import-choose"
IMPORT_CONTEXT: Final = "import-context"
"""Store: who is here (may they import, in which locale), for `assets/70-import.js`."""
IMPORT_OPENED: Final = "import-opened"
"""Store: that the browser's part of the page runs."""
IMPORT_FILES: Final = "import-files"
IMPORT_REVIEW: Final = "import-review"
IMPORT_HISTORY: Final = "import-history"
IMPORT_SAID: Final = "import-said"
"""What just happened, for screen readers."""


def graph(chart: Any) -> dict[str, Any]:
    """The dcc.Graph of `chart` (a name, or a wildcard such as MATCH)."""
    return {"part": "graph", "chart": chart}


def figure(chart: Any) -> dict[str, Any]:
    """The store that holds the unpainted figure of `chart`; `assets/40-charts.js` paints it into the graph."""
    return {"part": "figure", "chart": chart}


def about(chart: str) -> str:
    """Title, key and sentence above `chart`."""
    return f"{chart}-about"


def table(chart: str) -> str:
    """The table that says the same as `chart`."""
    return f"{chart}-table"

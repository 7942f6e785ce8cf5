"""L7: nothing that was right before is wrong now."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from deploy.validation.site import ENDPOINTS, ROOT, Failed, LeftOut, Site

_PERIODS: Final = ("last_month", "last_year", "all")
_ROUTE: Final = re.compile(r"^\| `GET (/(?:financial|tenant)[a-z/.-]*)` \|", re.MULTILINE)
_STREAM: Final = "/financial/stream"


def sums(site: Site) -> str:
    """The figures of different reports add up to each other, for several periods."""
    token, looked = site.token(site.person), 0
    for period in _PERIODS:
        data = site.read(f"{ENDPOINTS[0]}?period={period}", token=token)["data"]
        found, months = data["summary"], data["transactions"]["by_month"]
        looked += _equal(period, "net worth", found["net_worth"], _sum(found, "assets", "liabilities"))
        looked += _equal(period, "net cash flow", found["net_cash_flow"], _difference(found))
        for name in ("income", "expenses"):
            looked += _equal(period, f"{name} by month", found[name], _total(each[name] for each in months))
    return f"{looked} sums"


def _sum(found: dict[str, Any], *names: str) -> Decimal | None:
    return _total(found[name] for name in names)


def _difference(found: dict[str, Any]) -> Decimal | None:
    if found["income"] is None or found["expenses"] is None:
        return None
    return Decimal(found["income"]) - Decimal(found["expenses"])


def _total(amounts: Any) -> Decimal | None:
    known = list(amounts)
    return None if None in known else sum((Decimal(each) for each in known), Decimal(0))


def _equal(period: str, name: str, told: str | None, expected: Decimal | None) -> int:
    """1 when compared, 0 where something could not be converted."""
    if told is None or expected is None:
        return 0
    if Decimal(told) != expected:
        raise Failed(f"{period}: {name} is {told}, its parts are {expected}")
    return 1


def routes(site: Site) -> str:
    """Every address that the documentation of this version lists is there."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    paths = sorted(set(_ROUTE.findall(text)) - {_STREAM})
    if not paths:
        raise Failed("docs/api.md lists none")
    month_ago = (datetime.now(UTC) - timedelta(days=31)).date()
    for path in paths:
        # Of the ledger as a file a month is enough: the whole of it as a workbook takes its time.
        query = f"?from={month_ago}" if path.startswith("/financial/transactions.") else ""
        answer = site.ask("GET", path + query, token=site.token(site.person))
        if answer.status >= 500 or answer.status in (401, 404, 405):
            raise Failed(f"{path}: status {answer.status}")
    return f"{len(paths)} addresses"


def same_answers(site: Site) -> str:
    """The figures are those that were written down before an upgrade or a restore."""
    if site.baseline is None:
        raise LeftOut("no --baseline")
    expected, found = json.loads(site.baseline.read_text(encoding="utf-8")), _answers(site)
    differing = [name for name in expected if expected[name] != found.get(name)]
    if differing:
        raise Failed(f"{len(differing)} of {len(expected)} differ, the first: {differing[0]}")
    return f"{len(expected)} answers"


def write_down(site: Site) -> str:
    """Keep the figures of closed periods, to compare with later."""
    if site.record is None:
        raise LeftOut("no --record")
    found = _answers(site)
    site.record.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return f"{len(found)} answers"


def _answers(site: Site) -> dict[str, Any]:
    """The flows of periods that are over: they stay as they are, whatever the day."""
    found = {}
    for path in (ENDPOINTS[1], ENDPOINTS[3]):
        for period in ("last_month", "last_year"):
            answer = site.read(f"{path}?period={period}", token=site.token(site.person))
            found[f"{path}?period={period}"] = {name: answer[name] for name in ("tenant", "period", "currency", "data")}
    return found


def integrity(site: Site) -> str:
    """`flask doctor` finds nothing."""
    lines = site.compose("run", "--rm", "-T", "migrate", "flask", "doctor").splitlines()
    return f"{sum(line.startswith('ok') for line in lines)} lines"


CHECKS: Final = (
    ("figures add up", sums),
    ("documented addresses are there", routes),
    ("figures are those of the baseline", same_answers),
    ("figures are written down", write_down),
    ("flask doctor finds nothing", integrity),
)

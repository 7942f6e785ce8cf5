"""The address and what changes it; the frame; what stands in place of figures."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from components.controls import chips, preset_menu
from components.query import PRESET_NAMES, View
from components.shell import NAVIGATION, Place, account_menu, shell, tenant_switch
from components.states import empty_ledger, failed, feature_off, not_found, refused
from core.period import PRESETS, PeriodQuery
from tests.components import sample
from tests.components.reading import walk, with_class, words


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
def test_any_address_is_read_back_as_written(pairs: list[tuple[str, str]]) -> None:
    view = View(tuple(pairs))
    assert View.parse(view.href) == view


def test_every_preset_is_in_the_menu_and_understood() -> None:
    assert set(PRESET_NAMES) == set(PRESETS)
    links = [part for part in walk(preset_menu(View())) if hasattr(part, "href")]
    asked = [dict(parse_qsl(link.href.lstrip("?")))["period"] for link in links]
    assert [PeriodQuery.parse(preset, None, None).preset for preset in asked] == list(PRESET_NAMES)


def test_a_preset_keeps_the_filters_and_drops_the_range() -> None:
    view = View.parse("?from=2026-01-01&to=2026-01-31&account_id=1&account_id=2")
    assert view.preset is None
    assert view.with_preset("all").href == "?period=all&account_id=1&account_id=2"
    assert view.params == {"from": ["2026-01-01"], "to": ["2026-01-31"], "account_id": ["1", "2"]}


def test_the_menu_tells_which_preset_is_shown() -> None:
    menu = preset_menu(View.parse("?period=last_year"))
    marked = [part for part in with_class(menu, "sheet-item") if "shown now" in words(part)]
    assert [words(part).split(" shown")[0].strip() for part in marked] == ["Last year"]
    assert "Own range" in words(preset_menu(View.parse("?from=2026-01-01&to=2026-01-31")))
    assert "Other period" in words(preset_menu(View.parse("?period=nonsense")))


def test_chips_name_what_they_filter_and_how_to_leave() -> None:
    search = "?period=all&account_id=1&category_id=none&tag=x"
    drawn = chips(View.parse(search), sample.picture(search=search))
    assert [words(text) for text in with_class(drawn, "chip-text")] == ["Account: Giro", "Category: none", "Tag: x"]
    links = [part.href for part in walk(drawn) if hasattr(part, "href")]
    assert links[0] == "?period=all&category_id=none&tag=x"


def test_the_frame_holds_nobodys_data() -> None:
    frame = shell("page")
    assert "Skip to the figures" in words(frame)
    hrefs = [entry.href for entry in NAVIGATION]
    assert hrefs[:2] == ["/", "/transactions"]
    assert len(set(hrefs)) == len(hrefs)


def test_one_tenant_has_nothing_to_switch() -> None:
    alone = tenant_switch(Place("user_1", "Alice"), [Place("user_1", "Alice")])
    assert not [part for part in walk(alone) if part._type == "Form"]


def test_other_tenants_are_plain_form_buttons() -> None:
    drawn = tenant_switch(Place("user_1", "Alice"), [Place("user_1", "Alice"), Place("org_1", " ")])
    form = next(part for part in walk(drawn) if part._type == "Form")
    assert (form.action, form.method) == ("/switch-tenant", "POST")
    assert [button.value for button in walk(form) if button._type == "Button"] == ["org_1"]


def test_the_way_out_is_a_plain_form() -> None:
    form = next(part for part in walk(account_menu("a@example.org", "owner")) if part._type == "Form")
    assert (form.action, form.method) == ("/sign-out", "POST")


def test_every_state_says_what_to_do() -> None:
    assert "Import a statement" in words(empty_ledger("user_1"))
    assert "flask statements import" in words(empty_ledger("user_1"))
    assert "--tenant user_1" in words(empty_ledger("user_1"))
    assert "administrator" in words(feature_off())
    assert [part.href for part in walk(failed("Busy.", "/?period=all")) if hasattr(part, "href")] == ["/?period=all"]
    for state in (refused("No."), not_found()):
        assert [part.href for part in walk(state) if hasattr(part, "href")] == ["/"]

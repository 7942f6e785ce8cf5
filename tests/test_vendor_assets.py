"""The committed front-end files: what they claim to be, self-contained, and drawn under the strict policy."""

import gzip
import hashlib
import json
import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import brotli  # type: ignore[import-untyped]  # the package carries no types
import dash
import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from plotly.offline import get_plotlyjs_version

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
VENDOR = ASSETS / "vendor"
BUNDLE = VENDOR / f"plotly-{get_plotlyjs_version()}.min.js"
MORE = VENDOR / f"plotly-{get_plotlyjs_version()}-more.min.js"
FIRST_TYPES = ("scatter", "bar", "waterfall")
MANIFEST: dict[str, dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
SVG = "{http://www.w3.org/2000/svg}"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ORIGIN = "http://assets.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'"
)
MIME = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
TRACES: dict[str, dict[str, Any]] = {
    "scatter": {"x": ["2026-01", "2026-02"], "y": [1, -2], "fill": "tozeroy"},
    "bar": {"x": ["a", "b"], "y": [3, -1], "marker": {"pattern": {"shape": "/"}}},
    "waterfall": {"x": ["a", "b", "c"], "y": [3, -1, 0], "measure": ["relative", "relative", "total"]},
    "pie": {"labels": ["a", "b"], "values": [3, 1]},
    "treemap": {"labels": ["all", "a", "b"], "parents": ["", "all", "all"], "values": [0, 3, 1]},
    "sankey": {"node": {"label": ["a", "b"]}, "link": {"source": [0], "target": [1], "value": [3]}},
    "heatmap": {"z": [[1, 2], [3, None]]},
    "indicator": {"mode": "number+delta", "value": 3, "delta": {"reference": 2}},
}
SHAPES = {
    "scatter": ".scatterlayer path.js-line",
    "bar": ".barlayer .point path",
    "waterfall": ".waterfalllayer .point path",
    "pie": ".pielayer .slice path.surface",
    "treemap": ".treemaplayer .slice path.surface",
    "sankey": ".sankey path.sankey-link",
    "heatmap": ".heatmaplayer image",
    "indicator": ".indicatorlayer .numbers text",
}


def test_the_manifest_names_every_vendored_file_with_its_hash() -> None:
    on_disk = {f"vendor/{path.name}" for path in VENDOR.iterdir()} - {"vendor/manifest.json"}
    hashes = {name: hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() for name in MANIFEST}
    assert on_disk <= MANIFEST.keys()
    assert hashes == {name: entry["sha256"] for name, entry in MANIFEST.items()}


def test_every_entry_says_where_the_file_comes_from() -> None:
    licences = (VENDOR / "LICENSES.md").read_text(encoding="utf-8")
    for entry in MANIFEST.values():
        assert entry["version"]
        assert entry["licence"] == "own" or f"### {entry['source']} {entry['version']} ({entry['licence']})" in licences


def test_the_bundles_are_the_plotly_js_that_plotly_py_writes_for() -> None:
    assert {path.name for path in VENDOR.glob("plotly-*.js")} == {BUNDLE.name, MORE.name}
    for bundle in (BUNDLE, MORE):
        text = bundle.read_text(encoding="utf-8")
        assert text.startswith(f"/*! plotly.js v{get_plotlyjs_version()} ")
        assert MANIFEST[f"vendor/{bundle.name}"]["version"] == get_plotlyjs_version()
        assert re.search(r"\beval\(|new Function\b", text) is None


def test_the_chart_types_of_few_pages_stand_apart() -> None:
    script = (ASSETS / "40-charts.js").read_text(encoding="utf-8")
    assert f"var FIRST = {list(FIRST_TYPES)!r};" in script


def test_the_compressed_bundles_unpack_to_the_same_bytes() -> None:
    for bundle in (BUNDLE, MORE):
        raw = bundle.read_bytes()
        assert gzip.decompress(Path(f"{bundle}.gz").read_bytes()) == raw
        assert brotli.decompress(Path(f"{bundle}.br").read_bytes()) == raw


def test_what_dash_brings_is_there_compressed() -> None:
    """After an upgrade of Dash: `python deploy/suites.py`."""
    folder, packages = ASSETS / "suites", Path(dash.__file__).parent.parent
    scripts = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in packages.glob("dash*/**/*.js")}
    found = {path.name.split(".")[-2]: path for path in folder.iterdir()}
    names = {path.name.rpartition(".js.")[0] for path in found.values()}
    assert {"dash_renderer.min", "dash_core_components", "dash_mantine_components", "dash_ag_grid.min"} <= names
    assert found.keys() <= scripts.keys()
    for digest, path in found.items():
        assert hashlib.sha256(brotli.decompress(path.read_bytes())).hexdigest() == digest


@pytest.mark.parametrize("name", ["inter.css", "icons.css"])
def test_styles_load_only_files_beside_them(name: str) -> None:
    style = (VENDOR / name).read_text(encoding="utf-8")
    targets = re.findall(r"url\(\s*['\"]?([^'\")]+)", style)
    assert targets
    for target in targets:
        name, _, version = target.partition("?v=")
        assert version == hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()[:12]
    assert re.search(r"https?:|//|@import", style) is None


def test_every_icon_has_a_symbol_a_row_and_a_class() -> None:
    root = ElementTree.parse(VENDOR / "icons.svg").getroot()
    symbols = [str(symbol.get("id")).removeprefix("i-") for symbol in root.iter(f"{SVG}symbol")]
    rows = {str(use.get("href")).removeprefix("#i-"): int(use.get("y", "-1")) // 24 for use in root.iter(f"{SVG}use")}
    style = (VENDOR / "icons.css").read_text(encoding="utf-8")
    classes = re.findall(r"\.icon-([a-z0-9-]+) \{[^}]*; mask-position: 0 ([0-9.]+)%", style)
    assert symbols == json.loads((ROOT / "deploy/assets/icons.json").read_text(encoding="utf-8"))
    assert rows == {name: row for row, name in enumerate(symbols)}
    places = {name: float(place) * (len(symbols) - 1) / 100 for name, place in classes}
    assert places == pytest.approx(rows, abs=1e-3)


def test_the_web_manifest_names_icons_of_the_size_it_says() -> None:
    icons = json.loads((ASSETS / "manifest.webmanifest").read_text(encoding="utf-8"))["icons"]
    assert any(icon.get("purpose") == "maskable" for icon in icons)
    for icon in icons:
        data = (ASSETS / icon["src"]).read_bytes()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", data[16:24])
            assert icon["sizes"] == f"{width}x{height}"


def test_the_favicon_holds_three_sizes() -> None:
    data = (ASSETS / "favicon.ico").read_bytes()
    kind, count = struct.unpack("<HH", data[2:6])
    assert (kind, [data[6 + 16 * index] for index in range(count)]) == (1, [16, 32, 48])


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "deploy/assets/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def serve(route: Route) -> None:
    """Answers from assets/ under the strict policy; the page names no encoding, as a host's page might not."""
    name = route.request.url.removeprefix(f"{ORIGIN}/").partition("?")[0]
    if name == "":
        links = "".join(f'<link rel="stylesheet" href="/vendor/{name}.css">' for name in ("inter", "icons"))
        scripts = (BUNDLE,) if route.request.url.endswith("?late") else (MORE, BUNDLE)
        script = "".join(f'<script src="/vendor/{each.name}"></script>' for each in scripts)
        page = f'<!doctype html><html lang="en"><head>{links}{script}</head><body><div id="box"></div></body></html>'
        route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})
    elif (ASSETS / name).is_file():
        route.fulfill(body=(ASSETS / name).read_bytes(), content_type=MIME[Path(name).suffix])
    else:
        route.fulfill(status=404)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs a Chromium on the PATH")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page under the policy; the test fails on any refused request, console error or exception."""
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    context.route("**/*", serve)
    page.goto(f"{ORIGIN}/")
    yield page
    assert faults == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("kind", TRACES)
def test_each_chart_type_is_drawn_under_the_policy(page: Page, kind: str) -> None:
    trace = {"type": kind, **TRACES[kind]}
    drawn = page.evaluate(
        """trace => Plotly.newPlot("box", [trace], {width: 600, height: 400}, {locale: "de"})
        .then(box => box._fullData[0].type)""",
        trace,
    )
    assert drawn == kind
    assert page.locator(SHAPES[kind]).count() > 0


@pytest.mark.browser
def test_the_bundles_know_no_other_chart_type(page: Page) -> None:
    schema = page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")
    assert set(schema) == set(TRACES)


@pytest.mark.browser
def test_the_second_bundle_may_come_late(page: Page) -> None:
    page.goto(f"{ORIGIN}/?late")
    assert set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")) == set(FIRST_TYPES)
    told = "new Promise(done => { window.addEventListener('plotly-more', () => done(Plotly.more), {once: true});"
    script = f"const s = document.createElement('script'); s.src = '/vendor/{MORE.name}'; document.head.append(s); }})"
    assert page.evaluate(told + script) is True
    assert set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")) == set(TRACES)


@pytest.mark.browser
def test_the_axes_speak_the_locale(page: Page) -> None:
    trace = {"x": ["2026-03-01", "2026-05-01"], "y": [0, 1], "type": "bar"}
    layout = {"width": 600, "height": 400, "xaxis": {"tickformat": "%B", "dtick": "M1"}}
    page.evaluate('([t, l]) => Plotly.newPlot("box", [t], l, {locale: "de-DE"})', [trace, layout])
    assert "März" in (page.locator(".xaxislayer-above").text_content() or "")


@pytest.mark.browser
def test_inter_is_loaded_and_its_figures_line_up(page: Page) -> None:
    widths = page.evaluate(
        """async () => {
        await Promise.all(["a", "ő", "я", "λ"].map(text => document.fonts.load("16px 'Inter Variable'", text)));
        const measure = text => {
            const span = document.createElement("span");
            span.style.cssText = "font: 16px 'Inter Variable'; font-variant-numeric: tabular-nums; position: absolute";
            span.textContent = text;
            document.body.append(span);
            return span.getBoundingClientRect().width;
        };
        return {loaded: [...document.fonts].filter(face => face.status === "loaded").length,
                ones: measure("1111"), eights: measure("8888")};
    }"""
    )
    assert widths["loaded"] == 4
    assert widths["ones"] == pytest.approx(widths["eights"])


@pytest.mark.browser
def test_an_icon_is_a_mask_in_the_colour_of_the_text(page: Page) -> None:
    with page.expect_response("**/vendor/icons.svg?v=*") as answer:
        page.evaluate(
            """box.innerHTML = '<i class="icon icon-wallet" style="color: rgb(1, 2, 3); font-size: 16px"></i>'"""
        )
    icon = page.locator(".icon-wallet")
    assert answer.value.ok
    assert icon.bounding_box() == {"x": 8, "y": pytest.approx(8, abs=8), "width": 20, "height": 20}
    assert icon.evaluate("icon => getComputedStyle(icon).backgroundColor") == "rgb(1, 2, 3)"

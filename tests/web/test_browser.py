"""The page in a real Chromium: at three widths, in both lights, by keyboard, without JavaScript.

Needs Debian's chromium (or a Chrome) and npm, which fetches axe-core into pytest's cache. Where
they are not there the tests are skipped, unless NEEDS_BROWSER is set, as in .ci/run. Screenshots
are left in the folder that SCREENSHOTS names.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from elite8.core.operations import alerts
from elite8.core.studio import Studio
from elite8.web import app
from elite8.web.site import Site, url_of
from tests.web.conftest import TOKEN, allow, proxied, went, with_token
from tests.web.seeds import Life

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

AXE = "axe-core@4.14.1"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDTHS = {360: 740, 1280: 860, 3840: 2160}
FULL = Life(days=28)


def missing(why: str) -> None:
    """Skip, or fail where a browser has to be there."""
    if os.environ.get("NEEDS_BROWSER"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for all tests of this file."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        missing("no Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe(pytestconfig: pytest.Config) -> str:
    """The script of axe-core, fetched once by npm."""
    folder = pytestconfig.cache.mkdir("axe")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            missing("no npm, which fetches axe-core")
        fresh = Path(tempfile.mkdtemp(dir=folder))  # another worker may fetch it too
        command = [str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(fresh), AXE]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            missing(f"npm fetched no axe-core: {done.stderr[-200:]}")
        with suppress(OSError):
            (fresh / "node_modules").rename(folder / "node_modules")
    return script.read_text(encoding="utf-8")


@contextmanager
def served(studio: Studio) -> Iterator[str]:
    """Give the address of a page while the block runs."""
    _ = studio.database.engine
    site = Site(lambda: studio, listen="127.0.0.1:0")
    with site.bind() as line:
        site.start(line)
        yield url_of(line)
        site.stop(3.0)


@contextmanager
def opened(chromium: Any, url: str, **how: Any) -> Iterator[Any]:
    """Give a tab on the page; nothing may be complained of in its console."""
    wide = how.pop("width", 1280)
    context = chromium.new_context(
        viewport={"width": wide, "height": WIDTHS.get(wide, 800)}, locale="en-GB", **how
    )
    tab, said = context.new_page(), []
    tab.on("console", lambda line: said.append(line.text))
    tab.on("pageerror", lambda fault: said.append(str(fault)))
    tab.set_default_timeout(20_000)
    tab.goto(url)
    yield tab
    assert [
        line for line in said if "Failed to load resource" not in line and "[DOM]" not in line
    ] == []
    context.close()


def shot(tab: Any, name: str, tmp_path: Path) -> None:
    """Leave a screenshot."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def complaints(tab: Any, axe: str) -> list[tuple[str, str]]:
    """Return what axe-core finds, with the first place of each."""
    tab.evaluate(axe)
    found = tab.evaluate("axe.run()")["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


@pytest.mark.parametrize("light", ["light", "dark"])
def test_it_is_readable_at_three_widths_in_both_lights(
    chromium: Any, axe: str, lived: Callable[[Life], Studio], light: str, tmp_path: Path
) -> None:
    """Nothing is cut off, nothing lies under another, axe finds nothing, the policy holds."""
    studio = proxied(allow(lived(FULL), actions=True), on=True)
    went(studio)
    with served(studio) as url:
        for wide in WIDTHS:
            with opened(chromium, url, width=wide, color_scheme=light) as tab:
                shot(tab, f"page-{light}-{wide}", tmp_path)
                assert tab.evaluate("document.documentElement.scrollWidth") == wide
                assert complaints(tab, axe) == []
                least = tab.evaluate(
                    "Math.min(...[...document.querySelectorAll('main *')]"
                    ".filter(e => e.childNodes.length && e.innerText)"
                    ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
                )
                assert least >= 11
                assert tab.evaluate(OVERLAPS) == []


OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('main section')]
    .map(e => [e.id, e.getBoundingClientRect()]);
  return boxes.flatMap(([a, one], n) => boxes.slice(n + 1)
    .filter(([, two]) => one.left < two.right - 1 && two.left < one.right - 1
      && one.top < two.bottom - 1 && two.top < one.bottom - 1)
    .map(([b]) => `${a} ${b}`));
}"""


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "life"),
    [("dead", Life(days=3, died=True)), ("new", Life(days=0, rings=False, led=False,
      watched=False, paid=False)), ("well", Life(days=3, rings=False, paid=False))],
)  # fmt: skip
def test_other_days_are_readable_too(  # noqa: PLR0913, PLR0917  # what is shown, and how
    chromium: Any,
    axe: str,
    lived: Callable[[Life], Studio],
    name: str,
    life: Life,
    light: str,
    tmp_path: Path,
) -> None:
    with served(lived(life)) as url, opened(chromium, url, color_scheme=light) as tab:
        shot(tab, f"{name}-{light}", tmp_path)
        assert complaints(tab, axe) == []


def test_states_are_told_by_their_shape_and_word_without_any_colour(
    chromium: Any, lived: Callable[[Life], Studio]
) -> None:
    with served(lived(Life(days=2))) as url, opened(chromium, url) as tab:
        shapes = tab.evaluate(
            "[...document.querySelectorAll('#today .state')]"
            ".map(e => [e.innerText.trim(), e.querySelector('use').getAttribute('href')])"
        )
        assert {tuple(one) for one in shapes} >= {
            ("published", "#sign-good"),
            ("waiting", "#sign-waiting"),
        }
        drawn = tab.evaluate("[...document.querySelectorAll('symbol')].map(e => e.innerHTML)")
        assert len(set(drawn)) == len(drawn)


def test_a_keyboard_gets_everywhere_and_its_place_is_seen(
    chromium: Any, lived: Callable[[Life], Studio]
) -> None:
    with (
        served(allow(lived(Life(days=2)), actions=True)) as url,
        opened(chromium, url) as tab,
    ):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        box = tab.locator(".skip").bounding_box()
        assert box["y"] >= 0
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"
        seen, places = [], []
        for _ in range(12):
            tab.keyboard.press("Tab")
            here = tab.evaluate(
                "(e => [e.tagName, e.innerText, getComputedStyle(e).outlineStyle,"
                " e.getBoundingClientRect().top + scrollY])(document.activeElement)"
            )
            if here[0] == "BODY":
                break
            seen.append(here)
            places.append(here[3])
        assert [one[0] for one in seen] == ["BUTTON"] * 3 + ["SUMMARY", "A", "A"]
        assert {one[2] for one in seen} == {"solid"}
        assert places == sorted(places)


def test_an_alert_is_acknowledged_by_keyboard(
    chromium: Any, lived: Callable[[Life], Studio]
) -> None:
    studio = allow(lived(Life(days=2)), actions=True)
    with served(studio) as url, opened(chromium, url) as tab:
        button = tab.get_by_role("button", name="Acknowledge sign-in-broken network tiktok")
        button.focus()
        tab.keyboard.press("Enter")
        tab.get_by_text("the page looks after it").wait_for()
        assert tab.url.endswith("/#alerts")
        tab.reload()
        assert tab.get_by_role("button", name="Acknowledge").count() == 2
    told = {one.rule: one.acknowledged_by for one in alerts.ringing(studio)}
    assert told["sign-in-broken"] == "the page"


def test_each_minute_what_changed_is_swapped_and_nothing_else_moves(
    chromium: Any, lived: Callable[[Life], Studio], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "FRESH", 0.0)
    studio = allow(lived(FULL), actions=True)
    with served(studio) as url, opened(chromium, url) as tab:
        tab.clock.install()
        tab.goto(url)
        tab.locator("#reach-days > summary").click()
        tab.evaluate(
            "document.querySelector('#reach').ours = document.querySelector('#queue').ours = 1"
        )
        tab.evaluate("document.querySelector('.scroll').scrollTop = 90")
        stays = tab.get_by_role("button", name="Acknowledge sign-in-ends")
        stays.focus()
        tab.evaluate("scrollTo(0, 500)")
        alerts.acknowledge(studio, "sign-in-broken", "network=tiktok", "kenji")
        clock.advance(seconds=61)
        with tab.expect_response("**/part"):
            tab.clock.fast_forward(59_000)
            assert tab.get_by_text("kenji looks after it").count() == 0
            tab.clock.fast_forward(2_000)
        tab.get_by_text("as of 15:33:42").wait_for()
        assert tab.get_by_text("kenji looks after it").count() == 1
        facts = tab.evaluate(
            "[document.querySelector('#queue').ours, document.activeElement.id,"
            " scrollY, document.querySelector('#reach-days').open,"
            " document.querySelector('.scroll').scrollTop]"
        )
        assert facts[0] == 1
        assert facts[1].startswith("ack-")
        assert facts[2:] == [500, True, 90]


def test_it_says_when_nobody_answers_and_goes_on_by_itself(
    chromium: Any, lived: Callable[[Life], Studio]
) -> None:
    studio = lived(Life(days=2))
    with served(studio) as url, opened(chromium, url) as tab:
        tab.clock.install()
        tab.goto(url)
        assert tab.locator("#lost").is_hidden()
        tab.route("**/part", lambda route: route.abort())
        tab.clock.fast_forward(61_000)
        tab.get_by_text("No answer from elite8 since").wait_for()
        tab.unroute("**/part")
        with tab.expect_response("**/part"):
            tab.clock.fast_forward(11_000)
        tab.locator("#lost").wait_for(state="hidden")


def test_without_javascript_all_is_there_and_the_browser_loads_it_anew(
    chromium: Any, lived: Callable[[Life], Studio]
) -> None:
    with (
        served(allow(lived(Life(days=2)), actions=True)) as url,
        opened(chromium, url, java_script_enabled=False) as tab,
    ):
        assert tab.locator("section").count() == 11
        assert '<meta http-equiv="refresh" content="60">' in tab.content()
        tab.get_by_role("button", name="Acknowledge sign-in-broken").click()
        tab.get_by_text("the page looks after it").wait_for()


def test_the_door_opens_to_the_token_alone(
    chromium: Any, axe: str, lived: Callable[[Life], Studio], tmp_path: Path
) -> None:
    studio = with_token(lived(Life(days=2)))
    with served(studio) as url, opened(chromium, url, width=360) as tab:
        assert tab.url.endswith("/sign-in")
        tab.keyboard.type("not the token, not at all, no")
        tab.keyboard.press("Enter")
        tab.get_by_text("Wrong token.").wait_for()
        shot(tab, "door-360", tmp_path)
        assert complaints(tab, axe) == []
        tab.get_by_label("Token").fill(TOKEN)
        tab.get_by_role("button", name="Sign in").click()
        tab.get_by_role("button", name="Sign out").wait_for()
        assert TOKEN not in tab.url + tab.content()
        assert tab.evaluate("document.cookie") == ""
        tab.get_by_role("button", name="Sign out").click()
        tab.get_by_label("Token").wait_for()

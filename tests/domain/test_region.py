"""A region's config says where it is wrong; clocks, holidays and words are what they should be."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from elite8.core.config import REGIONS, STRATEGY, Config
from elite8.core.domain.clock_change import changes
from elite8.core.domain.holiday import in_year, problem
from elite8.core.domain.region import Holidays, Regions
from elite8.core.domain.script import Line, Script, respelt, spelt
from elite8.core.domain.strategy import Strategy
from elite8.core.errors import ConfigError
from elite8.core.parsing import parse

ROOT = Path(__file__).parents[2]
SHIPPED = Config(ROOT / "config")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of phase two with one key of it changed."""

    def write(name: str, keys: str, value: object) -> Path:
        whole: Any = json.loads((ROOT / "config" / name).read_text())
        at = whole
        *before, last = keys.split(".")
        for key in before:
            at = at[int(key) if isinstance(at, list) else key]
        at[last] = value
        file = tmp_path / "changed.json"
        file.write_text(json.dumps(whole))
        return file

    return write


def test_five_regions_are_active_and_three_are_for_later() -> None:
    by_status = {code: one.status for code, one in SHIPPED.regions.regions.items()}
    assert [c for c, s in by_status.items() if s == "active"] == ["US", "JP", "BR", "DE", "GB"]
    assert [c for c, s in by_status.items() if s == "later"] == ["MX", "AU", "ID"]


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        ("US.default_zone", "America/Gotham", "regions.US.default_zone: no time zone"),
        ("US.default_zone", "Asia/Tokyo", "regions.US: default_zone Asia/Tokyo is not among"),
        ("JP.currency", "JPX", "regions.JP.currency: no currency 'JPX'"),
        ("JP.locale", "en-US", "regions.JP: locale en-US is not among languages"),
        ("DE.disclosure.ad", " ", "regions.DE.disclosure.ad"),
        ("DE.disclosure.ai", "Kunst", "regions.DE.disclosure.ai"),
        ("DE.windows.0.source", "", "regions.DE.windows.0.source"),
        ("DE.windows.0.as_of", None, "regions.DE.windows.0.as_of"),
        ("DE.windows.0.end", "11:00", "regions.DE.windows.0: 12:00 to 11:00 ends before"),
        ("DE.networks.0.weight", 0.9, "regions.DE: networks: the weights do not add up to 1"),
        ("DE.networks.0.name", "myspace", "regions.DE.networks.0.name"),
        ("DE.budget", None, "regions.DE: budget: an active region has one"),
        ("ID.flags.adult_destinations", "attested", "regions.ID.flags.adult_destinations"),
    ],
)
def test_what_is_wrong_with_a_region_is_said_with_file_and_key(
    changed: Callable[..., Path], keys: str, value: object, said: str
) -> None:
    file = changed(REGIONS, f"regions.{keys}", value)
    with pytest.raises(ConfigError) as wrong:
        parse(file, Regions)
    assert str(file) in str(wrong.value)
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        ("begins", "2026-12-08", "2026-12-08 is no Monday"),
        ("budget.shares.US", 0.5, "budget: shares add up to"),
        ("launch.0.last_week", 0, "launch.0.last_week"),
        ("targets", ["US", "FR"], "launch: the target FR is missing"),
        ("posting.regions", ["US", "US"], "one stands twice"),
    ],
)
def test_what_is_wrong_with_the_strategy_is_said(
    changed: Callable[..., Path], keys: str, value: object, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(changed(STRATEGY, keys, value), Strategy)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"regions": []', '"regions": ["FR"]', "the region 'FR' is not in"),
        ('"regions": []', '"regions": ["MX"]', "MX is for later"),
    ],
)
def test_a_strategy_names_only_regions_that_are_active(
    edited_config: Callable[..., Path], old: str, new: str, said: str
) -> None:
    config = Config(edited_config(STRATEGY, old, new))
    assert any(said in one for one in config.check())


def test_the_weeks_of_a_launch_are_days_once_it_has_a_begin() -> None:
    strategy = SHIPPED.strategy.model_copy(update={"begins": date(2026, 12, 7)})
    assert strategy.span(strategy.launch[0]) == (date(2026, 12, 7), date(2026, 12, 20))
    assert strategy.week(date(2026, 12, 27)) == 3
    assert SHIPPED.strategy.span(strategy.launch[0]) is None


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("America/New_York", [("2026-03-08", "gap"), ("2026-11-01", "fold")]),
        ("Europe/Berlin", [("2026-03-29", "gap"), ("2026-10-25", "fold")]),
        ("Australia/Sydney", [("2026-04-05", "fold"), ("2026-10-04", "gap")]),
        ("Asia/Tokyo", []),
        ("America/Sao_Paulo", []),
    ],
)
def test_clocks_change_when_regions_md_says(zone: str, found: list[tuple[str, str]]) -> None:
    there = changes(ZoneInfo(zone), date(2026, 1, 1), 365)
    assert [(str(one.day), one.kind) for one in there] == found


def test_a_gap_and_a_fold_name_their_wall_times() -> None:
    gap, fold = changes(ZoneInfo("Europe/London"), date(2026, 1, 1), 365)
    assert (gap.first, gap.last) == ("01:00", "02:00")
    assert (fold.first, fold.last) == ("01:00", "02:00")
    lord_howe = changes(ZoneInfo("Australia/Lord_Howe"), date(2026, 9, 1), 60)
    assert [(one.first, one.last) for one in lord_howe] == [("02:00", "02:30")]


def holidays(code: str, year: int = 2027) -> dict[str, str]:
    which = SHIPPED.regions.regions[code].holidays
    return {str(one.day): one.name for one in in_year(which, year)}


def test_holidays_are_those_regions_md_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert {"2027-01-02", "2027-12-31", "2027-03-22"} <= holidays("JP").keys()
    assert {"2027-02-08", "2027-05-27"} <= holidays("BR").keys()  # category optional
    assert "2027-03-29" in holidays("GB")  # Easter Monday, with a subdivision
    assert all(name.isascii() for name in holidays("JP").values())  # English whatever LANG says
    lebaran = in_year(SHIPPED.regions.regions["ID"].holidays, 2027)
    assert any(one.estimated and str(one.day) == "2027-03-10" for one in lebaran)


def test_holidays_that_the_package_does_not_know_are_named() -> None:
    assert problem(Holidays(country="ZZ"))
    assert not problem(Holidays(country="DE", subdiv="BY"))


def test_words_are_spelt_as_a_locale_does() -> None:
    words = {"colour": "color", "colours": "colors"}
    assert spelt("Colour, colours, discolour", words) == "Color, colors, discolour"
    script = Script(
        title="colour",
        lines=(Line(text="My colour."),),
        topic="colour",
        content_type="art",
        language="en",
    )
    assert respelt(script, words).lines == (Line(text="My color."),)
    assert respelt(script, {}) is script


def test_no_british_spelling_is_left_for_the_us() -> None:
    library = SHIPPED.script_library("en")
    words = library.spelling["en-US"]
    text = "\n".join(spelt(line.text, words) for line in library.lines()).casefold()
    for british in ("colour", "favour", "theatre", "grey", "ise ", "ises ", "centre", "carriage"):
        left = [line for line in text.splitlines() if british in line]
        assert [line for line in left if not any(w in line for w in FINE)] == [], british


FINE = ("precise ", "exercise ", "promise ", "noise ", "raise ", "praise ", "surprise ")


def test_topics_stand_in_the_same_place_in_every_language() -> None:
    shelves = [SHIPPED.script_library(code).content for code in ("en", "ja", "pt", "de", "es")]
    for content, shelf in shelves[0].items():
        assert {len(other[content].topics) for other in shelves} == {len(shelf.topics)}
    place = SHIPPED.script_library("en").topic("Rain on the  window")
    assert place == ("ballad", 2)
    assert SHIPPED.script_library("ja").content["ballad"].topics[2].text == "窓をつたう雨"


def test_a_locale_has_a_voice_of_its_own_where_one_is_given() -> None:
    hana = SHIPPED.roster.named("hana")
    british = (hana.voices["en"][-1].model_copy(update={"name": "en-gb+f3"}),)
    both = hana.model_copy(update={"voices": {**hana.voices, "en-GB": british}})
    assert both.voices_for("en", "en-GB") == british
    assert both.voices_for("en", "en-US") == both.voices_for("en") == hana.voices["en"]

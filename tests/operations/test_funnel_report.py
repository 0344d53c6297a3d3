"""Every figure of the funnel's report, worked out again from the raw events by other code."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import SecretStr

from elite8.cli import funnel_page
from elite8.core.config import Config
from elite8.core.domain.money import bare
from elite8.core.operations import funnel, funnel_report
from elite8.core.operations.funnel_report import EARNERS, Report
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from tests.conftest import ROOT, StoppedClock
from tests.operations.funnelled import HOSTILE, entered, journeys, live, plain
from tests.operations.recount import Recount
from tests.operations.recounted import same_counts, same_money

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Report, Recount]]:
    """A report and its figures a second time; nothing here changes them."""
    home = tmp_path_factory.mktemp("funnel")
    file = home / "elite8.db"
    settings = Settings(
        state_dir=home, config_dir=ROOT / "config", database_url=SecretStr(f"sqlite:///{file}")
    )
    studio = Studio(settings=settings, config=Config(settings.config_dir), clock=StoppedClock(NOW))
    lived = live(studio, posts=21)
    entered(studio, journeys(studio, lived, people=150), home / "people.csv")
    meant = funnel.period(studio)
    found = funnel_report.report(studio, meant)
    yield found, Recount(file, settings.config_dir, meant.since, meant.until)
    studio.database.close()


def test_every_figure_is_worked_out_again(told: tuple[Report, Recount]) -> None:
    found, again = told
    same_counts(found, again, NOW)
    assert any(step.hidden for one in found.places for g in one.groups for step in g.steps)


def test_money_is_worked_out_again_and_sums_to_the_cent(told: tuple[Report, Recount]) -> None:
    found, again = told
    assert same_money(found, again) == {"USD", "JPY"}


class Tables(HTMLParser):
    """The tables of a page, as rows of texts; and every tag there is."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = True
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.tables[-1][-1][-1] += data


def test_the_page_says_the_same_needs_nothing_else_and_escapes(
    told: tuple[Report, Recount], tmp_path: Path
) -> None:
    found, again = told
    file = tmp_path / "funnel.html"
    funnel_page.write(file, found)
    text = file.read_text(encoding="utf-8")
    page = Tables()
    page.feed(text)
    assert "script" not in page.tags
    assert {"link", "img", "iframe", "object"} & page.tags == set()
    assert page.addresses == []
    assert re.findall(r"url\(|@import|https?://", text) == []
    assert HOSTILE not in text
    earners = [t for t in page.tables if t and "last touch" in t[0]]
    assert len(earners) == 2 * len(EARNERS)
    for table in earners:
        assert len(set(table[-1][1:4])) == 1
    assert any(row[0].startswith(HOSTILE) for table in earners for row in table)
    by_stage = next(t for t in earners if t[0][0] == "stage" and "." in t[-1][1])
    wanted = {
        name or "unknown": [bare(parts[m], "USD") for m in ("last", "first", "position")]
        for (currency, name), parts in again.money("stage").items()
        if currency == "USD"
    }
    assert {row[0]: row[1:4] for row in by_stage[1:-1]} == wanted
    goals = [t for t in page.tables if t and "converts" in t[0]]
    first = again.stages("", "all")
    for row, stage in zip(goals[0][1:], first, strict=True):
        reacted, converted = stage["engagement"], stage["conversion"]
        assert (row[0], row[5], row[10]) == (
            stage["stage"], reacted["verdict"], converted["verdict"],
        )  # fmt: skip
        assert row[1] == f"{reacted['hits']:,} of {reacted['n']:,} views"
        if converted["hidden"]:
            assert row[6].startswith("<10")
            assert row[7] == "-"


def test_no_pseudonym_and_no_small_number_leaves_by_page_or_json(
    told: tuple[Report, Recount],
) -> None:
    found, again = told
    people = {row["person"] for row in again.rows if row["person"]}
    assert len(people) > 100
    whole = funnel_page.page(found) + json.dumps(plain(found), default=str)
    assert not any(person in whole for person in people)
    assert "fan1" not in whole
    assert not re.search(r'"(lead|subscribe|money)", "count": [1-9],', whole)


def test_a_page_that_cannot_be_written_leaves_the_old_one(
    told: tuple[Report, Recount], tmp_path: Path
) -> None:
    from elite8.core.errors import ConfigError

    with pytest.raises(ConfigError, match="cannot be written"):
        funnel_page.write(tmp_path / "nowhere" / "funnel.html", told[0])
    assert list(tmp_path.glob("*.part")) == []

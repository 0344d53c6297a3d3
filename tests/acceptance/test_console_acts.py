"""Every act by a person's keys on a real terminal, in one console, and what it did to the rows."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from elite8.core.config import Config
from elite8.core.domain.alert import Alert
from elite8.core.operations import desk
from elite8.core.operations.desk import Wish
from elite8.core.settings import Settings
from elite8.core.storage import alerts
from elite8.core.studio import Studio
from tests.acceptance.terminal import Terminal, console
from tests.conftest import ROOT
from tests.films import lay

pytestmark = [pytest.mark.slow, pytest.mark.media, pytest.mark.deep]
READS = 0.5
"""Seconds that a person looks at what a search has left before the next key."""


class Person:
    """Somebody at a terminal, who looks into the database after each act."""

    def __init__(self, shown: Terminal, state: Path) -> None:
        self.shown, self.file = shown, state / "elite8.db"

    def does(self, keys: str, says: str, then: str, answers: str = "") -> None:
        """Press an act's key, read what will happen, answer, read what came of it."""
        self.shown.press(keys)
        self.shown.until(says, "Enter does it")
        print(self.shown.seen())
        self.shown.press(answers)
        self.shown.press("\r")
        print(f"=== {keys}\n{self.shown.until(then, without='Enter does it')}")

    def leaves(self) -> None:
        """Leave the search; a key right after Escape would be Alt and that key."""
        self.shown.press("\x1b")
        time.sleep(READS)
        print(self.shown.until("Films that are done"))

    def finds(self, question: str) -> list[str]:
        """Return the first column of what the database answers."""
        with closing(sqlite3.connect(self.file)) as rows:
            return [str(one) for (one, *_) in rows.execute(question)]

    def post(self, place: str, column: str = "status") -> str:
        """Return what the post for a place has in a column."""
        (found,) = self.finds(f"SELECT {column} FROM post WHERE platform = '{place}'")  # noqa: S608  # ours
        return found


def prepare(state: Path) -> None:
    """Order three posts, one of them uncertain, and have one alert ring."""
    settings = Settings(state_dir=state, config_dir=ROOT / "config")
    url = type(settings.database_url)(f"sqlite:///{state}/elite8.db")
    studio = Studio(
        settings=settings.model_copy(update={"database_url": url}),
        config=Config(settings.config_dir),
        clock=lambda: datetime.now(UTC),
    )
    now = studio.clock()
    for place in ("outbox", "tiktok", "x"):
        desk.order(studio, "latest", [place], Wish(at=now + timedelta(hours=9)))
    ringing = Alert(
        rule="sign-in-broken", subject="network=tiktok", state="firing", severity="critical",
        since=now, fired_at=now, changed_at=now, value=1, message="1 TikTok account cannot post",
    )  # fmt: skip
    with studio.database.transaction() as session:
        alerts.keep(session, ringing)
    studio.database.close()
    with closing(sqlite3.connect(state / "elite8.db")) as rows, rows:
        rows.execute("UPDATE post SET status = 'uncertain' WHERE platform = 'x'")


def test_each_act_is_done_by_hand(filmed: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    lay(filmed, state)
    prepare(state)
    with console(state, size=(140, 45)) as (_, shown):
        person = Person(shown, state)
        shown.until("no daemon runs", "q quit")
        decide(person)
        send(person)
        stop_and_go_on(person)
        look_after(person)
        make_and_rehearse(person)


def marked(person: Person, words: str) -> None:
    """Go to the queue and leave only what has these words."""
    person.shown.press("2")
    person.shown.until("Films that are done")
    person.shown.press(f"/{words}")
    person.shown.until(words)
    person.shown.press("\r")
    time.sleep(READS)
    print(person.shown.seen())


def decide(person: Person) -> None:
    """Approve a post, reject it, bring it back, cancel it."""
    marked(person, "tiktok")
    person.does("a", "may go out", "is approved")
    assert person.post("tiktok", "approved_sha256")
    person.does("x", "does not go out", "is rejected", "no good")
    assert person.post("tiktok") == "refused"
    person.does("r", "is due again at once", "is due again:")
    assert person.post("tiktok") == "waiting"
    person.does("c", "does not go out", "refused")
    assert person.post("tiktok") == "refused"
    person.leaves()


def send(person: Person) -> None:
    """Say that a post is out that nobody knew of, and send another."""
    marked(person, "uncertain")
    person.does("v", "You looked at", "is published", "\thttps://x.com/a/status/1")
    assert (person.post("x"), person.post("x", "url")) == ("published", "https://x.com/a/status/1")
    person.leaves()
    marked(person, "outbox")
    person.does("p", "goes out to Outbox now", "is out:")
    assert person.post("outbox") == "published"
    person.leaves()


def stop_and_go_on(person: Person) -> None:
    """Stop everything with a reason, and go on."""
    person.does("P", "stops: nothing of it goes out", "■ everything stopped", "\ttoo hot")
    assert person.finds("SELECT reason FROM stop WHERE scope = 'all'") == ["too hot"]
    person.does("C", "Everything goes on", "")
    person.shown.until(without="■ everything stopped")
    assert person.finds("SELECT scope FROM stop") == []


def look_after(person: Person) -> None:
    """Acknowledge the alert that rings, and have it tell nobody."""
    person.shown.press("7")
    person.shown.until("1 TikTok account cannot post")
    person.does("k", "You look after", "Acknowledge")
    assert person.finds("SELECT state FROM alert WHERE rule = 'sign-in-broken'") == ["acknowledged"]
    person.does("s", "Nobody is told of", "Silence")
    assert person.finds("SELECT rule FROM silence") == ["sign-in-broken"]


def make_and_rehearse(person: Person) -> None:
    """Have a day rehearsed and a short film made, each as a command of its own."""
    person.does("R", "are played on", "Rehearse: done", "\x1b[F\x7f1\t\x1b[D")
    person.shown.press("\x1b")
    person.shown.until(without="Rehearse: done")
    time.sleep(READS)
    before = len(person.finds("SELECT id FROM video"))
    person.does("g", "is made now", "Generate: done", "\t\t3")
    assert len(person.finds("SELECT id FROM video")) == before + 1

"""Serve the networks' simulators to the real program, on this machine alone."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from elite8.core.clock import FastClock, utc_now
from elite8.core.production.specimen import Specimens
from elite8.core.simulators import a2e, fanvue, instagram, line, smtp, telegram
from elite8.core.simulators.cast import CAST, Part
from elite8.core.simulators.wire import serve as served
from elite8.core.studio import Studio

APPS = {
    "ELITE8_A2E_API_KEY": a2e.SIMULATED_KEY,
    **{
        f"ELITE8_{name.upper()}": value
        for part in CAST.values()
        for name, value in part.settings.items()
    },
    "ELITE8_INSTAGRAM_CLIENT_ID": instagram.APP_IDS[instagram.Login.INSTAGRAM],
    "ELITE8_INSTAGRAM_CLIENT_SECRET": instagram.APP_SECRETS[instagram.Login.INSTAGRAM],
    "ELITE8_FACEBOOK_CLIENT_ID": instagram.APP_IDS[instagram.Login.FACEBOOK],
    "ELITE8_FACEBOOK_CLIENT_SECRET": instagram.APP_SECRETS[instagram.Login.FACEBOOK],
    "ELITE8_TELEGRAM_TOKEN": telegram.SIMULATED_TOKEN,
    "ELITE8_FANVUE_CLIENT_ID": fanvue.CLIENT_ID,
    "ELITE8_FANVUE_CLIENT_SECRET": fanvue.CLIENT_SECRET,
    "ELITE8_FANVUE_REDIRECT": fanvue.REDIRECT,
    "ELITE8_LINE_CHANNEL_ID": line.CHANNEL_ID,
    "ELITE8_LINE_CHANNEL_SECRET": line.CHANNEL_SECRET,
    "ELITE8_SMTP_HOST": "127.0.0.1",
    "ELITE8_SMTP_USER": smtp.USER,
    "ELITE8_SMTP_PASSWORD": smtp.PASSWORD,
}
"""Our registrations at the simulators."""


FRIENDS = tuple(f"U{number:032x}" for number in range(1, 4))
"""Who follows the simulated account on LINE."""
MAIL_FOLDER = "simulated-mail"


def faster(studio: Studio, pace: float, begins: datetime | None) -> Studio:
    """Return the studio on a clock that goes `pace` times as fast, from `begins` or now on."""
    now = utc_now()
    return replace(studio, clock=FastClock(begins=begins or now, pace=pace, since=now))


@contextmanager
def serve(
    studio: Studio,
    port: int,
    credits_left: int,
    seconds: float,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Mapping[str, str]]:
    """Serve all until the block ends; yield the environment that sends the program there.

    A2E is at `port`, the networks at free ones. What people get by LINE and email is told to `say`.
    """
    engine = a2e.A2ESimulator(
        clock=studio.clock,
        media=Specimens(studio.settings.ffmpeg),
        coins=credits_left,
        work_seconds=seconds,
    )
    chat = telegram.TelegramSimulator(clock=studio.clock)
    networks: dict[str, Any] = {name: played(part, studio, seconds) for name, part in CAST.items()}
    friends = line.LineSimulator(clock=studio.clock, friends=set(FRIENDS), told=friend_told(say))
    fans = fanvue.with_fans(studio.clock)
    box = smtp.MailSimulator(told=letter_kept(studio.settings.state_dir / MAIL_FOLDER, say))
    with ExitStack() as open_now:
        open_now.enter_context(box.serving())
        line_url = open_now.enter_context(served(friends.handle))
        engine.base_url = open_now.enter_context(served(engine.handle, port=port))
        for one in (*networks.values(), chat, fans):
            one.base_url = open_now.enter_context(served(one.handle))
        yield {
            **fast(studio),
            **APPS,
            "ELITE8_A2E_URL": engine.base_url,
            **{f"ELITE8_{name.upper()}_URL": one.base_url for name, one in networks.items()},
            "ELITE8_TELEGRAM_URL": chat.base_url,
            "ELITE8_FANVUE_URL": fans.base_url,
            "ELITE8_LINE_URL": line_url,
            "ELITE8_SMTP_PORT": str(box.port),
            "SIMULATED_LINE_FRIEND": FRIENDS[0],
            **tokens(networks),
        }


def tokens(networks: Mapping[str, Any]) -> dict[str, str]:
    """Return an access token of each network that gives one, by the name it is told under."""
    return {
        f"SIMULATED_{name.upper()}_TOKEN": part.token(networks[name], 0)
        for name, part in CAST.items()
        if part.token is not None
    }


def friend_told(say: Callable[[str], None]) -> Callable[[str, Any], None]:
    """Return what tells that a friend on LINE got a message."""

    def told(user: str, messages: Any) -> None:  # noqa: ANN401  # LINE's bubbles
        words = [one.get("text") or one.get("originalContentUrl", "") for one in messages]
        say(f"LINE: {user} got {' | '.join(words)}")

    return told


def letter_kept(folder: Path, say: Callable[[str], None]) -> Callable[[str, bytes], None]:
    """Return what keeps each letter in a Maildir, where a mail program can open it."""

    def kept(to: str, letter: bytes) -> None:
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / "new" / f"{secrets.token_hex(8)}.eml"
        file.write_bytes(letter)
        say(f"email: {to} got {file}")

    return kept


def played(part: Part, studio: Studio, seconds: float) -> Any:  # noqa: ANN401  # each its own
    """Return a network that takes so many seconds to make a video of what it got."""
    slow = {"processing_seconds": seconds} if part.processes else {}
    return part.simulator(clock=studio.clock, **slow)


def fast(studio: Studio) -> dict[str, str]:
    """Return what has the program go by a clock that goes faster, nothing for the usual one."""
    return {"ELITE8_CLOCK": str(studio.clock)} if isinstance(studio.clock, FastClock) else {}

"""Serve the networks' simulators to the real program, on this machine alone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from elite8.core.clock import FastClock, utc_now
from elite8.core.production.specimen import Specimens
from elite8.core.simulators import a2e, instagram, telegram
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
}
"""Our registrations at the simulators."""


def faster(studio: Studio, pace: float, begins: datetime | None) -> Studio:
    """Return the studio on a clock that goes `pace` times as fast, from `begins` or now on."""
    now = utc_now()
    return replace(studio, clock=FastClock(begins=begins or now, pace=pace, since=now))


@contextmanager
def serve(
    studio: Studio, port: int, credits_left: int, seconds: float
) -> Iterator[Mapping[str, str]]:
    """Serve all until the block ends; yield the environment that sends the program there.

    A2E is at `port`, the networks at free ones.
    """
    engine = a2e.A2ESimulator(
        clock=studio.clock,
        media=Specimens(studio.settings.ffmpeg),
        coins=credits_left,
        work_seconds=seconds,
    )
    chat = telegram.TelegramSimulator(clock=studio.clock)
    networks: dict[str, Any] = {name: played(part, studio, seconds) for name, part in CAST.items()}
    with ExitStack() as open_now:
        engine.base_url = open_now.enter_context(served(engine.handle, port=port))
        for one in (*networks.values(), chat):
            one.base_url = open_now.enter_context(served(one.handle))
        yield {
            **fast(studio),
            **APPS,
            "ELITE8_A2E_URL": engine.base_url,
            **{f"ELITE8_{name.upper()}_URL": one.base_url for name, one in networks.items()},
            "ELITE8_TELEGRAM_URL": chat.base_url,
            **{
                f"SIMULATED_{name.upper()}_TOKEN": part.token(networks[name], 0)
                for name, part in CAST.items()
                if part.token is not None
            },
        }


def played(part: Part, studio: Studio, seconds: float) -> Any:  # noqa: ANN401  # each its own
    """Return a network that takes so many seconds to make a video of what it got."""
    slow = {"processing_seconds": seconds} if part.processes else {}
    return part.simulator(clock=studio.clock, **slow)


def fast(studio: Studio) -> dict[str, str]:
    """Return what has the program go by a clock that goes faster, nothing for the usual one."""
    return {"ELITE8_CLOCK": str(studio.clock)} if isinstance(studio.clock, FastClock) else {}

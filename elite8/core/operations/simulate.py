"""Serve the networks' simulators to the real program, on this machine alone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime

from elite8.core.clock import FastClock, utc_now
from elite8.core.production.specimen import Specimens
from elite8.core.simulators import a2e, instagram, telegram, tiktok, youtube
from elite8.core.simulators.wire import serve as served
from elite8.core.studio import Studio

APPS = {
    "ELITE8_A2E_API_KEY": a2e.SIMULATED_KEY,
    "ELITE8_YOUTUBE_CLIENT_ID": youtube.CLIENT_ID,
    "ELITE8_YOUTUBE_CLIENT_SECRET": youtube.CLIENT_SECRET,
    "ELITE8_TIKTOK_CLIENT_ID": tiktok.CLIENT_KEY,
    "ELITE8_TIKTOK_CLIENT_SECRET": tiktok.CLIENT_SECRET,
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
    videos = youtube.YouTubeSimulator(clock=studio.clock, processing_seconds=seconds)
    clips = tiktok.TikTokSimulator(clock=studio.clock, processing_seconds=seconds)
    reels = instagram.InstagramSimulator(clock=studio.clock, processing_seconds=seconds)
    chat = telegram.TelegramSimulator(clock=studio.clock)
    with ExitStack() as open_now:
        engine.base_url = open_now.enter_context(served(engine.handle, port=port))
        videos.base_url = open_now.enter_context(served(videos.handle))
        clips.base_url = open_now.enter_context(served(clips.handle))
        reels.base_url = open_now.enter_context(served(reels.handle))
        chat.base_url = open_now.enter_context(served(chat.handle))
        yield {
            **fast(studio),
            **APPS,
            "ELITE8_A2E_URL": engine.base_url,
            "ELITE8_YOUTUBE_URL": videos.base_url,
            "ELITE8_TIKTOK_URL": clips.base_url,
            "ELITE8_INSTAGRAM_URL": reels.base_url,
            "ELITE8_TELEGRAM_URL": chat.base_url,
            "SIMULATED_INSTAGRAM_TOKEN": reels.issue_token(),
        }


def fast(studio: Studio) -> dict[str, str]:
    """Return what has the program go by a clock that goes faster, nothing for the usual one."""
    return {"ELITE8_CLOCK": str(studio.clock)} if isinstance(studio.clock, FastClock) else {}

"""Serve the networks' simulators to the real program, on this machine alone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from elite8.core.production.specimen import Specimens
from elite8.core.simulators.a2e import SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import serve as served
from elite8.core.studio import Studio


@contextmanager
def serve(
    studio: Studio, port: int, credits_left: int, seconds: float
) -> Iterator[Mapping[str, str]]:
    """Serve until the block ends; yield the environment that sends the program there."""
    simulator = A2ESimulator(
        clock=studio.clock,
        media=Specimens(studio.settings.ffmpeg),
        coins=credits_left,
        work_seconds=seconds,
    )
    with served(simulator.handle, port=port) as url:
        simulator.base_url = url
        yield {"ELITE8_A2E_URL": url, "ELITE8_A2E_API_KEY": SIMULATED_KEY}

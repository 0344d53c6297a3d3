"""A studio whose A2E is simulated, on the same stopped clock."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from elite8.core.simulators.a2e import A2ESimulator
    from elite8.core.studio import Studio
    from tests.operations.scenes import Scene


@pytest.fixture(scope="session")
def media() -> Any:
    """Real media, small and each made once."""
    from elite8.core.production.specimen import Specimens

    class Small(Specimens):
        def video(self, seconds: float, width: int, height: int) -> bytes:
            return super().video(seconds, width // 4, height // 4)

    made = Small()
    for name in ("speech", "video", "picture", "seconds"):
        setattr(made, name, cache(getattr(made, name)))
    return made


@pytest.fixture
def a2e(clock: Any, media: Any) -> "A2ESimulator":
    from elite8.core.simulators.a2e import A2ESimulator

    return A2ESimulator(clock=clock, media=media)


@pytest.fixture
def paid(studio: "Studio", a2e: "A2ESimulator", tmp_path: Path) -> Iterator["Studio"]:
    """A studio with a key for the simulated A2E; its films are small."""
    import stamina
    from pydantic import SecretStr

    from elite8.core.simulators.a2e import SIMULATED_KEY
    from elite8.core.simulators.wire import Transport
    from tests.films import small

    key, url = SecretStr(SIMULATED_KEY), "http://127.0.0.1"
    changed = {"a2e_api_key": key, "a2e_url": url, "ffmpeg": str(small(tmp_path))}
    settings = studio.settings.model_copy(update=changed)
    a2e.base_url = settings.a2e_url
    opened = replace(studio, settings=settings, transport=Transport(a2e.handle))
    stamina.set_testing(True, attempts=4, cap=True)
    yield opened
    stamina.set_testing(False)
    if "a2e" in vars(opened):
        opened.a2e.close()
    if "database" in vars(opened):
        opened.database.close()
    assert a2e.violations == []


@pytest.fixture
def signed_out(
    network: str, studio: "Studio", clock: Any, filmed: Path, verified: dict[Any, Any]
) -> Iterator["Scene"]:
    """A finished video and a simulated network; a test file says with `network` which one."""
    from tests.operations.scenes import staged

    with staged(network, studio, clock, filmed, verified) as scene:
        yield scene


@pytest.fixture
def scene(signed_out: "Scene") -> "Scene":
    """The same, signed in."""
    signed_out.sign_in()
    signed_out.line.sent = 0
    return signed_out

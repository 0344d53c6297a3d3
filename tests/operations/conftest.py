"""A studio whose A2E is simulated, on the same stopped clock."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from elite8.core.config import Config
    from elite8.core.simulators.a2e import A2ESimulator
    from elite8.core.studio import Studio
    from tests.operations.scenes import Scene

Marking = Callable[[Callable[[], None]], None]


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
def other_topics(studio: "Studio", tmp_path: Path) -> "Config":
    """The config after the operator changed the script library: a seed draws another topic."""
    from elite8.core.config import Config

    folder = tmp_path / "other-topics"
    shutil.copytree(studio.config.folder, folder)
    for file in (folder / "scripts").glob("*.json"):
        library = json.loads(file.read_text(encoding="utf-8"))
        for shelf in library["content"].values():
            shelf["topics"].reverse()
        file.write_text(json.dumps(library, ensure_ascii=False), encoding="utf-8")
    return Config(folder)


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch) -> Marking:
    """Return a function that says what happens, once, while a film that took no time is marked."""
    from elite8.core.operations import finish, generate
    from elite8.core.production.local.engine import Filmed

    happens: list[Callable[[], None]] = []

    def film(_take: Any, target: Path, **_: Any) -> "Filmed":
        target.write_bytes(b"film")
        return Filmed(seconds=3.0, voice="", words=("Hi.",), notes=(), cover=b"cover")

    def mark(_studio: Any, filmed: Path, target: Path, *_: Any) -> str:
        while happens:
            happens.pop()()
        target.write_bytes(filmed.read_bytes())
        return "0" * 64

    monkeypatch.setattr(generate, "film", film)
    monkeypatch.setattr(finish, "mark", mark)
    monkeypatch.setattr(finish, "mark_cover", lambda *_: b"cover")
    return happens.append


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

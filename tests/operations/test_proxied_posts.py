"""Posts through a proxy that dies under way: out once all the same, on every network."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.post import PostStatus
from elite8.core.operations import due, measure
from elite8.core.operations import publish as publishing
from elite8.core.simulators.cast import CAST, SECRETS
from elite8.core.simulators.iproyal import ProxySimulator, Tunnelled
from elite8.core.simulators.wire import Transport
from elite8.core.studio import Studio
from tests.films import lay
from tests.operations.exits import Scenery, scenery
from tests.operations.scenes import Deadly, Scene

pytestmark = pytest.mark.enable_socket
BASES = {
    "tiktok": "https://open.tiktokapis.com",
    "youtube": "https://www.googleapis.com",
    "instagram": "https://graph.instagram.com",
}


@pytest.fixture(params=BASES)
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stage(  # noqa: PLR0913, PLR0917  # what a scene is made of
    network: str,
    studio: Studio,
    clock: Any,
    filmed: Path,
    verified: dict[Any, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Scene, Scenery]]:
    """A network at its own address, behind the proxy, and somebody of JP signed in to it."""
    simulator = CAST[network].simulator(clock=clock, base_url=BASES[network])
    given = CAST[network].settings
    wanted = {n: SecretStr(v) if n.endswith(SECRETS) else v for n, v in given.items()}
    lay(filmed, studio.settings.state_dir)
    told = replace(studio, settings=studio.settings.model_copy(update=wanted))
    with scenery(told, tmp_path, monkeypatch, handler=simulator.handle, join=False) as scenes:
        opened = replace(scenes.studio, pause=lambda seconds: clock.advance(seconds=seconds))
        vars(opened)["verified"] = verified
        clock.now = publishing.finished(opened, "latest").created_at
        scene = Scene(
            studio=opened,
            network=network,
            simulator=simulator,
            line=Deadly(Transport(simulator.handle)),
            clock=clock,
        )
        scene.sign_in(regions=("JP",))
        scenes.direct.seen.clear()
        stamina.set_testing(True, attempts=4, cap=True)
        yield scene, scenes
        stamina.set_testing(False)
        opened.database.close()


def seen_by(scenes: Scenery) -> tuple[int, int]:
    scenes.proxy.settled()
    return scenes.proxy.up, scenes.proxy.down


def test_a_post_its_look_and_its_reading_go_through_the_proxy(
    stage: tuple[Scene, Scenery],
) -> None:
    scene, scenes = stage
    assert scene.insist().url
    scene.clock.advance(hours=2)
    due.look_back(scene.studio)
    assert all(not one.error for one in measure.run(scene.studio))
    assert scene.count == 1
    assert scenes.direct.seen == []
    assert len({one.wishes["session"] for one in scenes.proxy.tunnels}) == 1
    assert seen_by(scenes) == scenes.counted()
    video = publishing.finished(scene.studio, "latest")
    assert scenes.proxy.up > video.size_bytes


@pytest.mark.parametrize("after", [0, 2_000, 4_000, 100_000])
@pytest.mark.parametrize("then", ["works", "gone"])
def test_a_proxy_that_dies_under_way_makes_no_second_post(
    stage: tuple[Scene, Scenery], after: int, then: str
) -> None:
    scene, scenes = stage
    cuts = cut(scenes.proxy, after, then)
    scene.insist()
    assert len(cuts) == 1
    assert cuts[0] > after
    assert scene.count == 1
    assert scene.post().status == PostStatus.PUBLISHED
    assert scene.simulator.violations == []
    if then == "works":
        assert seen_by(scenes) <= scenes.counted()


def test_a_proxy_that_never_lets_an_upload_through_leaves_at_most_one_post(
    stage: tuple[Scene, Scenery],
) -> None:
    scene, scenes = stage
    scenes.proxy.cut_after = 60_000
    with pytest.raises(AssertionError, match="never out"):
        scene.insist()
    assert scene.count == 0
    scenes.proxy.cut_after = None
    scene.insist()
    assert scene.count == 1


def cut(proxy: ProxySimulator, after: int, then: str) -> list[int]:
    """Have the proxy hang up once, after so many bytes of one connection; return when it did."""
    proxy.cut_after = after
    cuts: list[int] = []

    def once(told: Tunnelled) -> None:
        if told.up > after:
            cuts.append(told.up)
            proxy.on_bytes = forget

    def forget(_: Tunnelled) -> None:
        proxy.cut_after = None
        proxy.refuses = then == "gone"

    proxy.on_bytes = once
    return cuts

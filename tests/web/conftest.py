"""A site with a life behind it, asked without a socket."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from elite8.core.config import Config
from elite8.core.domain.proxy import Balance, new_use
from elite8.core.storage import traffic
from elite8.core.studio import Studio
from elite8.web.app import Face
from tests.web.seeds import Life

ROOT = Path(__file__).parents[2]
TOKEN = "correct-horse-battery-staple-and-more"
AFTERNOON = datetime(2026, 11, 26, 6, 32, 41, tzinfo=UTC)


@dataclass
class Browser:
    """Asks one face, with a cookie jar of its own; nothing is followed by itself."""

    face: Face
    base: str = "http://127.0.0.1:8088"
    address: str = "127.0.0.1"
    jar: httpx.Cookies = field(default_factory=httpx.Cookies)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.ask_all([(method, path, more)])[0]

    def ask_all(self, asked: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Ask several at once, in one loop as a server has it."""

        async def go() -> list[httpx.Response]:
            line = httpx.ASGITransport(app=self.face.app(), client=(self.address, 4711))
            async with httpx.AsyncClient(
                transport=line, base_url=self.base, cookies=self.jar
            ) as client:
                found = await asyncio.gather(
                    *(client.request(method, path, **more) for method, path, more in asked)
                )
                self.jar = client.cookies
            for one in (self.face.board, self.face.health, self.face.metrics):
                one.rest()
            return list(found)

        return asyncio.run(go())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path: str, form: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, data=form or {}, **more)

    def sign_in(self, token: str = TOKEN) -> httpx.Response:
        return self.post("/sign-in", {"token": token})


@pytest.fixture
def afternoon(clock: Any) -> Any:
    clock.now = AFTERNOON
    return clock


@pytest.fixture
def lived(
    studio: Studio, lives: Callable[[Life, datetime], Path], afternoon: Any, tmp_path: Path
) -> Callable[[Life], Studio]:
    """Return a function that gives the studio a life, on a config of its own."""

    def fill(life: Life) -> Studio:
        folder = tmp_path / "config"
        shutil.copytree(ROOT / "config", folder)
        config = Config(folder)
        vars(config).update(vars(studio.config) | {"folder": folder})
        found = replace(studio, config=config, clock=afternoon)
        vars(found)["database"] = studio.database
        shutil.copytree(lives(life, AFTERNOON), studio.settings.state_dir, dirs_exist_ok=True)
        return found

    return fill


def allow(studio: Studio, **changed: object) -> Studio:
    """Return the studio with another config of the page."""
    vars(studio.config)["web"] = studio.config.web.model_copy(update=changed)
    return studio


def proxied(studio: Studio, *, on: bool) -> Studio:
    """Have a region go through the proxy, or not; return the studio."""
    decided = studio.config.proxy
    ways = {
        name: way.model_copy(update={"on": name == "JP"}) for name, way in decided.regions.items()
    }
    vars(studio.config)["proxy"] = decided.model_copy(update={"on": on, "regions": ways})
    return studio


def went(studio: Studio) -> None:
    """Have some bytes gone through the proxy, a call directly, and the provider asked."""
    now, host = studio.clock(), "www.googleapis.com"
    with studio.database.transaction() as session:
        traffic.add(session, new_use(now, "JP", "a", host, up=2_500_000, down=10**6))
        traffic.add(session, new_use(now, "JP", "a", host, outcome="budget"))
        traffic.note(session, Balance(at=now, left_gb=7.4, ours=3_500_000))


def with_token(studio: Studio, **changed: object) -> Studio:
    """Return the studio with a token and other settings."""
    settings = studio.settings.model_copy(update={"web_token": SecretStr(TOKEN), **changed})
    found = replace(studio, settings=settings)
    vars(found)["database"] = studio.database
    return found


@pytest.fixture
def small(lived: Callable[[Life], Studio]) -> Studio:
    """Two days of life, with alerts that ring."""
    return lived(Life(days=2))


@pytest.fixture
def browser(small: Studio) -> Browser:
    """A browser on this machine; no token is set."""
    return Browser(Face(lambda: small, host="127.0.0.1"))


@pytest.fixture
def locked(small: Studio) -> Browser:
    """A browser elsewhere, before a page that asks for a token."""
    known = with_token(small)
    face = Face(lambda: known, host="0.0.0.0")  # noqa: S104  # nothing listens
    return Browser(face, base="https://watch.example.com", address="203.0.113.7")


@contextmanager
def broken(studio: Studio) -> Iterator[None]:
    """Have the store not answer while the block runs."""
    file = studio.database.file
    assert file
    studio.database.close()
    hidden = file.with_suffix(".hidden")
    file.rename(hidden)
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        hidden.rename(file)

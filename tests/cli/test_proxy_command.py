"""`elite8 monitor proxy` as an operator sees it, against a proxy on this machine."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run
from elite8.core import http
from elite8.core.simulators import iproyal
from elite8.core.simulators.wire import serve
from elite8.core.studio import open_studio
from tests.operations.exits import ECHO, authority, joined, place, planned

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("tabled")]
ROOT = Path(__file__).parents[2]
Decide = Callable[..., None]


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[iproyal.ProxySimulator]:
    """A proxy that the machine's own config and environment lead to."""
    file, context = authority(tmp_path)
    found = iproyal.ProxySimulator()
    with (
        serve(iproyal.echo(found), tls=context) as site,
        serve(iproyal.AccountSimulator(proxy=found).handle) as provider,
        found.serve() as (host, port),
    ):
        found.places[ECHO] = place(site)
        folder = tmp_path / "mine"
        shutil.copytree(ROOT / "config", folder)
        decided = folder / "social" / "iproyal_config.json"
        told: dict[str, Any] = json.loads(decided.read_text(encoding="utf-8"))
        told |= {"on": True, "host": host, "port": port, "daily_gb": 0.001}
        told["regions"]["JP"]["on"] = True
        decided.write_text(json.dumps(told), encoding="utf-8")
        for name, value in {
            "ELITE8_CONFIG_DIR": str(folder),
            "ELITE8_IPROYAL_URL": provider,
            "ELITE8_IPROYAL_USERNAME": iproyal.USERNAME,
            "ELITE8_IPROYAL_PASSWORD": iproyal.PASSWORD,
            "ELITE8_IPROYAL_TOKEN": iproyal.TOKEN,
            "SSL_CERT_FILE": str(file),
        }.items():
            monkeypatch.setenv(name, value)
        http.trust.cache_clear()
        yield found
    http.trust.cache_clear()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(["monitor", "proxy", *arguments]) == code
    out, err = capsys.readouterr()
    for secret in (iproyal.USERNAME, iproyal.PASSWORD, iproyal.TOKEN):
        assert secret not in out + err
    return out + err


def test_an_operator_tests_it_and_reads_how_it_goes(
    proxy: iproyal.ProxySimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "it comes out where it should" in said(capsys, "test")
    told = said(capsys, "status")
    proxy.settled()
    assert "the proxy is on" in told
    assert f"{proxy.up + proxy.down:,} B" in told
    assert "JP came out in jp at its test" in told
    assert "nothing to compare with yet" in told
    found = json.loads(said(capsys, "status", "--offline", "--json"))["data"]
    assert found["spans"][0]["used"] == proxy.up + proxy.down
    again = said(capsys, "status")
    assert "too little to compare" in again


def test_a_wrong_exit_is_exit_code_1_in_words_and_json(
    proxy: iproyal.ProxySimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy.out_of = "fr"
    assert "it comes out in fr, not in jp" in said(capsys, "test", "jp", code=1)
    told = json.loads(said(capsys, "test", "--json", code=1))
    assert (told["status"], told["errors"][0]["code"]) == ("failed", "wrong-exit")
    assert told["data"][0]["country"] == "fr"
    assert "no region" in said(capsys, "test", "XX", code=2)


def test_what_went_directly_and_what_is_planned_is_shown(
    proxy: iproyal.ProxySimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = open_studio()
    joined(studio, "youtube", "JP")
    planned(studio, 20, 3_000_000)
    planned(studio, 300, 100_000)
    told = said(capsys, "plan")
    assert "what does not fit goes directly" in told
    assert "fits" in told
    assert "0 other posts go directly" in told
    studio.database.close()
    assert proxy.tunnels == []


def test_why_calls_went_directly_is_said(
    proxy: iproyal.ProxySimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    from elite8.core.operations import egress

    studio = open_studio()
    account = joined(studio, "youtube", "JP")
    book = egress.Book(studio=studio, region="JP", account=account.id)
    assert not book.hold("www.googleapis.com", 10**7)
    assert egress.line(studio, account) is not None
    assert "in a day 1 lines of JP went directly: budget" in said(capsys, "status", "--offline")
    studio.database.close()
    assert proxy.tunnels == []


def test_a_sign_in_outside_the_grammar_is_named_by_its_variable(
    proxy: iproyal.ProxySimulator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, wrong in (("USERNAME", "a:b"), ("PASSWORD", "secret_country-us")):
        with monkeypatch.context() as there:
            there.setenv(f"ELITE8_IPROYAL_{name}", wrong)
            told = said(capsys, "test", code=2)
        assert f"ELITE8_IPROYAL_{name}" in told
        assert wrong not in told
    assert proxy.tunnels == []

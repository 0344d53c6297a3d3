"""The password's grammar, the list of hosts, whose exit is whose."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elite8.core.domain.proxy import (
    LONGEST_LIFE,
    ProxyConfig,
    cost,
    password,
    session_of,
)
from elite8.core.simulators.iproyal import wishes

FILE = Path(__file__).parents[2] / "config" / "social" / "iproyal_config.json"
SHIPPED: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
ON = {"JP": {"on": True, "country": "jp"}, "US": {"on": False, "country": "us"}}


def test_the_password_says_where_and_for_how_long() -> None:
    assert (
        password("s3cret", country="jp", session="abCD1234", lifetime="10m")
        == "s3cret_country-jp_session-abCD1234_lifetime-10m"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        *({"country": one} for one in ("", "JP", "jpn", "j1", "jp,us", "jp_city-tokyo", "jp\n")),
        *({"session": one} for one in ("", "abcd123", "abcd12345", "abcd123-", "abcd 123")),
        *({"lifetime": one} for one in ("", "10", "1h30m", "0s", "8d", "604801s", "10M", "-1m")),
        *({"secret": one} for one in ("", "a b", "käse", "x_country-us", "x_session-1")),
    ],
)
def test_what_is_outside_the_grammar_is_refused_without_saying_the_secret(
    wrong: dict[str, str],
) -> None:
    given_ = {"secret": "s3cret", "country": "jp", "session": "abCD1234", "lifetime": "7d"} | wrong
    with pytest.raises(ValueError, match=r"is|are|write") as caught:
        password(given_.pop("secret"), **given_)
    assert "s3cret" not in str(caught.value)


@given(
    country=st.text(alphabet="abcdefghij", min_size=1, max_size=3),
    session=st.text(alphabet="abcXYZ019-", min_size=7, max_size=9),
    number=st.integers(0, 700_000),
    unit=st.sampled_from("smhdw"),
)
def test_what_we_write_the_other_side_can_read(
    country: str, session: str, number: int, unit: str
) -> None:
    try:
        found = password("pw", country=country, session=session, lifetime=f"{number}{unit}")
    except ValueError:
        return
    assert number * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] <= LONGEST_LIFE
    read = wishes(found.removeprefix("pw").replace(f"-{country}_", "-jp_"))
    assert read is not None
    assert (read["session"], read["lifetime"]) == (session, f"{number}{unit}")


def test_an_account_keeps_its_session_and_shares_it_with_nobody() -> None:
    found = [session_of(f"account {number}") for number in range(2000)]
    assert len(set(found)) == 2000
    assert all(len(one) == 8 and one.isalnum() for one in found)
    assert session_of("account 7") == found[7]


@pytest.mark.parametrize(
    ("regions", "region"), [("JP", "JP"), ("jp", "JP"), ("US", ""), ("JP US", ""), ("", "")]
)
def test_only_one_region_that_is_on_has_an_exit(regions: str, region: str) -> None:
    config = ProxyConfig.model_validate(SHIPPED | {"on": True, "regions": ON})
    found = config.exit_of(regions)
    assert (found[0] if found else "") == region
    assert config.model_copy(update={"on": False}).exit_of(regions) is None


@pytest.mark.parametrize(
    "host",
    [
        *("www.tiktok.com", "www.instagram.com", "accounts.google.com", "youtube.com"),
        *("tiktokapis.com.example.com", "evil-tiktokapis.com", ".tiktokapis.com", "*", "10.0.0.1"),
        *("open.tiktokapis.com:443", "OPEN.tiktokapis.com", "https://graph.facebook.com"),
    ],
)
def test_only_official_interfaces_can_be_listed(host: str) -> None:
    with pytest.raises(ValidationError):
        ProxyConfig.model_validate(SHIPPED | {"hosts": [host]})


def test_upload_hosts_of_tiktok_can_be_listed_one_by_one() -> None:
    listed = ["open-upload.tiktokapis.com", "open-upload-sg.tiktokapis.com"]
    assert ProxyConfig.model_validate(SHIPPED | {"hosts": listed}).hosts == tuple(listed)


@pytest.mark.parametrize(
    "changed",
    [
        {"daily_gb": 10},
        {"monthly_gb": 0},
        {"sticky_minutes": 10081},
        {"regions": {"JP": {"on": True, "country": "JP"}}},
        {"regions": {"jp": {"on": True, "country": "jp"}}},
        {"echo_url": "http://example.com"},
        {"rotate": True},
        {"host": "user:secret@example.com"},
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProxyConfig.model_validate(SHIPPED | changed)


def test_it_is_shipped_off() -> None:
    config = ProxyConfig.model_validate(SHIPPED)
    assert not config.on
    assert [name for name, way in config.regions.items() if way.on] == []
    assert (config.monthly_gb, config.daily_gb) == (9, 0.5)
    assert config.usable("day") == 490_000_000


@given(st.integers(0, 10**10))
def test_a_call_costs_more_than_its_body(size: int) -> None:
    assert cost(size) > size

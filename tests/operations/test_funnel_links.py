"""Links lead to one stored place that the rules allow, and say where they stand."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from elite8.core.config import Config
from elite8.core.domain.link import CODE, clean_target, new_code, with_utm
from elite8.core.domain.link_bots import LinkBots
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import follow, links
from elite8.core.operations.links import Wish
from elite8.core.storage import posts
from elite8.core.studio import Studio
from tests.conftest import ROOT, StoppedClock
from tests.operations.funnelled import live

HOME = "https://example.com/join"


@pytest.mark.parametrize(
    "target",
    [
        "http://example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.com/",
        "/join",
        "example.com",
        "https://",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.1.",
        "https://user@example.com/",
        "https://example.com@evil.example/",
        "https://example.com:8443/",
        "https://example.com:99999/",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://example.com/\x00",
        "https://-a.example.com/",
        "https://exämple.com/",
        "https://example.com/雨",
        "https://[example.com/",
        f"https://example.com/{'a' * 1500}",
    ],
)
def test_what_no_viewer_should_be_led_to_is_refused(target: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each has its words
        clean_target(target)


def test_a_target_is_kept_as_a_browser_reads_it() -> None:
    assert clean_target(" HTTPS://Example.COM:443?a=1#b ") == "https://example.com/?a=1#b"
    with pytest.raises(ValueError, match="this very server"):
        clean_target("https://go.example.com/l/abc", not_to="go.example.com")


def test_utm_is_added_and_the_operators_own_stays() -> None:
    words = {"utm_source": "tiktok", "utm_medium": "a b&c", "utm_campaign": ""}
    found = with_utm("https://example.com/?utm_source=own&q=%E3%81%82#x", words)
    assert found == "https://example.com/?utm_source=own&q=%E3%81%82&utm_medium=a+b%26c#x"


def test_codes_are_eight_letters_by_chance() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(CODE.fullmatch(code) for code in codes)


def test_no_link_leads_where_no_post_may(studio: Studio) -> None:
    for target, region in (
        ("https://onlyfans.com/x", ""),
        ("https://www.Fantia.jp/x", "JP"),
        ("https://bit.ly/x", "US"),
        ("https://example.com/?to=https://onlyfans.com/x", ""),
        ("https://linktr.ee/x", "ID"),
    ):
        with pytest.raises(Refused, match="no link goes there"):
            links.create(studio, Wish(target=target, region=region))
    assert links.listed(studio, retired=True) == ()


def test_a_page_of_links_warns_elsewhere(studio: Studio) -> None:
    found = links.create(studio, Wish(target="https://linktr.ee/x", region="US"))
    assert "page of links" in found.warnings[0]


def test_an_old_list_of_crawlers_is_to_be_looked_at_again(
    studio: Studio, clock: StoppedClock
) -> None:
    assert links.create(studio, Wish(target=HOME)).warnings == ()
    clock.now = clock.now.replace(year=2027, month=6)
    told = links.create(studio, Wish(target=HOME + "/2")).warnings
    assert any("link_bots.json" in one for one in told)
    assert any("re-check: this was read on" in one for one in told)


def test_a_link_says_where_its_post_stands(studio: Studio) -> None:
    lived = live(studio, posts=2)
    found = links.of_code(studio, lived.codes[0])
    assert (found.stage, found.region, found.network) == ("awareness", "US", "tiktok")
    assert (found.character, found.post) == ("miyuki", lived.posts[0])
    utm = parse_qs(urlsplit(found.target).query)
    assert utm == {
        "utm_source": ["tiktok"],
        "utm_medium": ["social"],
        "utm_campaign": ["awareness"],
        "utm_content": [found.code],
    }


def test_the_same_link_is_made_once_and_another_after_its_end(studio: Studio) -> None:
    wish = Wish(target=HOME, network="instagram", campaign="autumn")
    first = links.create(studio, wish)
    assert links.create(studio, wish).code == first.code
    assert links.create(studio, replace(wish, campaign="winter")).code != first.code
    assert links.create(studio, replace(wish, target=HOME + "/2")).code != first.code
    links.retire(studio, first.code)
    again = links.create(studio, wish)
    assert again.code != first.code
    assert len(links.listed(studio)) == 3
    assert len(links.listed(studio, retired=True)) == 4


def test_retiring_twice_keeps_the_first_end(studio: Studio, clock: StoppedClock) -> None:
    code = links.create(studio, Wish(target=HOME)).code
    first = links.retire(studio, code).retired_at
    clock.advance(hours=1)
    assert links.retire(studio, f"https://x.example/l/{code.upper()}").retired_at == first


def test_a_dry_run_makes_nothing(studio: Studio) -> None:
    assert links.create(studio, Wish(target=HOME), dry_run=True).code
    assert links.listed(studio, retired=True) == ()


def test_a_wrong_wish_is_told(studio: Studio) -> None:
    for wish, why in (
        (Wish(target=HOME, stage="aware"), "no stage 'aware'"),
        (Wish(target=HOME, region="USA"), "two letters"),
        (Wish(target=HOME, character="nobody"), "nobody"),
        (Wish(target=HOME, post="0000"), "no one post"),
        (Wish(target=HOME, video="0000"), "no video"),
        (Wish(target=HOME, campaign="a" * 65), "--campaign"),
        (Wish(target=HOME, campaign="a\nb"), "--campaign"),
        (Wish(target="ftp://example.com"), "https"),
    ):
        with pytest.raises(ConfigError, match=why):
            links.create(studio, wish)


def test_what_contradicts_the_post_is_told(studio: Studio) -> None:
    post = live(studio, posts=1).posts[0]
    with pytest.raises(ConfigError, match="its region is US, not JP"):
        links.create(studio, Wish(target=HOME, post=post, region="jp"))


def test_a_rule_that_came_later_ends_a_link_too(
    studio: Studio, edited_config: Callable[[str, str, str], object]
) -> None:
    code = links.create(studio, Wish(target=HOME)).code
    way = follow.way(studio, code)
    assert way
    assert way.target.startswith(HOME)
    folder = edited_config(
        "compliance/rules.json", '"onlyfans.com"', '"onlyfans.com", "example.com"'
    )
    stricter = replace(studio, config=Config(folder))  # type: ignore[arg-type]  # a path
    vars(stricter)["database"] = studio.database
    blocked = follow.way(stricter, code)
    assert blocked
    assert blocked.target == ""


def test_a_code_that_is_none_leads_nowhere(studio: Studio) -> None:
    for code in ("", "a", "../../x", "ABCDEFGH", "zzzzzzzz", "a" * 400, "%00"):
        assert follow.way(studio, code) is None


@pytest.fixture(scope="module")
def bots() -> LinkBots:
    return Config(ROOT / "config").link_bots


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
PEOPLE = (
    f"{PHONE} Version/18.6 Mobile/15E148 Safari/604.1",
    f"{PHONE} Mobile/22G86 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_6; ja_JP; scale=3.00)",
    f"{PHONE} Mobile/22G86 musical_ly_40.6.0 BytedanceWebview/d8a21c6",
    f"{PHONE} Mobile/22G86 [FBAN/FBIOS;FBAV/520.0.0;FBDV/iPhone15,2]",
    f"{PHONE} Mobile/22G86 Safari Line/15.10.0",
    "Mozilla/5.0 (Linux; Android 15; CUBOT KINGKONG 9) AppleWebKit/537.36 Chrome/142.0 Mobile",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142",
)
MACHINES = (
    "",
    "  ",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1;line-poker/1.0",
    "WhatsApp/2.24.20 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0 Safari/537.36",
    "Snap URL Preview Service; bot; snapchat",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)",
    "meta-externalagent/1.1",
    "curl/8.5.0",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "Mozilla/5.0 (Linux; Android 15; CUBOT 9) AppleWebKit/537.36 AhrefsBot/7.0",
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_people_in_apps_too(bots: LinkBots, agent: str) -> None:
    assert not bots.is_machine(agent, {})


@pytest.mark.parametrize("agent", MACHINES)
def test_crawlers_and_previews_are_machines(bots: LinkBots, agent: str) -> None:
    assert bots.is_machine(agent, {})


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-moz": "Prefetch"},
        {"x-purpose": "preview"},
    ],
)
def test_what_is_fetched_before_anybody_asks_is_no_click(
    bots: LinkBots, headers: dict[str, str]
) -> None:
    assert bots.is_machine(PEOPLE[0], headers)
    assert not bots.is_machine(PEOPLE[0], {"sec-purpose": "", "accept": "*/*"})


def test_clicks_are_counted_by_link(studio: Studio) -> None:
    code = links.create(studio, Wish(target=HOME, region="JP")).code
    way = follow.way(studio, code)
    assert way
    for _ in range(3):
        follow.clicked(studio, way)
    assert links.of_code(studio, code).clicks == 3


def test_a_post_in_the_outbox_says_not_where_it_was_posted_by_hand(studio: Studio) -> None:
    post = live(studio, posts=1).posts[0]
    with studio.database.transaction() as session:
        known = posts.get(session, post)
        assert known
        known.platform = "outbox"
        session.add(known)
    target = "https://example.com/other"
    assert links.create(studio, Wish(target=target, post=post)).network == "outbox"
    by_hand = links.create(studio, Wish(target=target, post=post, network="tiktok"))
    assert (by_hand.network, by_hand.post) == ("tiktok", post)
    assert "utm_source=tiktok" in by_hand.target

"""Every rule of messages has a case that passes, one that fails, and one on the border."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from elite8.core.config import Config
from elite8.core.domain.claim import claims, names_a_day
from elite8.core.domain.message import MessageFacts
from elite8.core.domain.network import Wording
from elite8.core.domain.rule import BEFORE_A_MESSAGE, Rule, RuleBook, is_stale, judge

ROOT = Path(__file__).parents[2]
BOOK = Config(ROOT / "config").rules
RULES = {rule.id: rule for rule in BOOK.filled}
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
SENTENCE = "Made by AI."
ADDRESS = "1 Example Street, Exampletown"


def words(text: str = "Rain", subject: str = "New") -> Wording:
    whole = f"{text}\n{SENTENCE}\nNova Studio\n{ADDRESS}\n#ad"
    return Wording(title=subject, caption=whole, hashtags=())


FACTS = MessageFacts(
    channel="email",
    purpose="marketing",
    region="US",
    now=NOW,
    wording=words(),
    sentence=SENTENCE,
    consent="granted",
    granted_at=NOW - timedelta(days=30),
    confirmed_at=NOW - timedelta(days=30),
    suppressed=False,
    age="unknown",
    hour=12.0,
    contacts=0,
    sender="Nova Studio",
    postal_address=ADDRESS,
    opt_out=True,
    policy="allowed",
    rating="sfw",
    advertising=("#ad", "Ad"),
)
Case = dict[str, Any]


def bare(text: str) -> Wording:
    return Wording(title="New", caption=text, hashtags=())


def consents(region: str) -> tuple[Case, Case, Case, bool]:
    here = {"region": region}
    return here, here | {"consent": "withdrawn"}, here | {"consent": "pending_doi"}, False


TWO_YEARS = timedelta(days=24 * 30.44)
GOLDEN: dict[str, tuple[Case, Case, Case, bool]] = {
    # rule: what passes, what fails, what stands on the border, and whether that passes
    "message-consent": ({}, {"consent": "none"}, {"consent": "pending_doi"}, False),
    "message-suppressed": (
        {},
        {"suppressed": True},
        {"suppressed": True, "purpose": "service"},
        False,
    ),
    "message-age": (
        {"adult": True, "age": "adult"},
        {"adult": True, "age": "minor"},
        {"adult": True, "age": "unknown"},
        False,
    ),
    "message-quiet-hours": ({}, {"hour": 21.0}, {"hour": 8.0}, True),
    "message-cap": ({}, {"contacts": 2}, {"contacts": 1}, True),
    "message-ai": ({}, {"wording": bare("Rain")}, {"sentence": ""}, False),
    "message-opt-out": ({}, {"opt_out": False}, {"opt_out": False, "purpose": "service"}, False),
    "message-rating": ({}, {"rating": "adult"}, {"rating": ""}, False),
    "message-minor-words": (
        {},
        {"minor_words": ("teen", "loli")},
        {"minor_words": ("teen",)},
        False,
    ),
    "message-adult-links": (
        {"wording": words("https://example.org")},
        {"wording": words("fansly.com/x")},
        {"wording": words("linktr.ee/x")},
        False,
    ),
    "message-policy": ({}, {"policy": "banned"}, {"policy": "drafts_only"}, False),
    "message-old-consent": (
        {},
        {"granted_at": NOW - TWO_YEARS - timedelta(days=1)},
        {"granted_at": NOW - TWO_YEARS},
        True,
    ),
    "message-offer": (
        {"purpose": "service"},
        {},
        {"purpose": "service", "wording": words("https://example.org")},
        False,
    ),
    "email-sender": (
        {},
        {"wording": bare(f"{SENTENCE} {ADDRESS}")},
        {"channel": "line", "sender": ""},
        True,
    ),
    "email-address": ({}, {"postal_address": ""}, {"channel": "line", "postal_address": ""}, True),
    "email-subject": (
        {"purpose": "service"},
        {},
        {"channel": "line"},
        True,
    ),
    "message-says-ad": (
        {},
        {"wording": bare("an advert")},
        {"wording": bare("an advert"), "purpose": "service"},
        True,
    ),
    "de-double-opt-in": (
        {"region": "DE"},
        {"region": "DE", "confirmed_at": None},
        {"region": "GB", "confirmed_at": None},
        True,
    ),
    "unknown-double-opt-in": (
        {"region": "ZZ"},
        {"region": "ZZ", "confirmed_at": None},
        {"region": "ZZ", "confirmed_at": None, "channel": "line"},
        True,
    ),
    **{f"{one.lower()}-consent": consents(one) for one in ("GB", "JP", "BR", "AU", "MX", "ID")},
    "us-opt-out": (
        {},
        {"opt_out": False},
        {"opt_out": False, "region": "AU"},
        True,
    ),
    # rules of posts and messages, asked of a message
    "no-human-claim": (
        {},
        {"wording": words("Soy una persona real")},
        {"wording": words("not a real person")},
        True,
    ),
    "no-fake-scarcity": (
        {},
        {"wording": words("nur noch 5 Plätze")},
        {"wording": words("nur noch schöne Plätze")},
        True,
    ),
    "no-fake-voices": (
        {},
        {"wording": words("Rated 4.9 stars")},
        {"wording": words("rated by stars")},
        True,
    ),
    "no-lived-claim": (
        {"purpose": "service", "wording": words("I tested it")},
        {"wording": words("I tested it")},
        {"wording": words("I attested it")},
        True,
    ),
    "no-empty-urgency": (
        {"wording": words("Ends today, 26.11.")},
        {"wording": words("Ends today")},
        {"wording": words("Ends today at 24/7")},
        False,
    ),
    "no-real-people": (
        {},
        {"wording": words("a deepfake of somebody")},
        {"wording": words("no deepfake office")},
        True,
    ),
    "jp-obscene": (
        {"region": "JP"},
        {"region": "JP", "rating": "adult"},
        {"region": "JP", "rating": ""},
        False,
    ),
    **{
        f"{one.lower()}-adult-links": (
            {"region": one},
            {"region": one, "wording": words("fanvue.com")},
            {"region": one, "wording": words("notfanvue.com")},
            True,
        )
        for one in ("GB", "DE", "BR", "AU")
    },
    "us-age-acts": (
        {"purpose": "service"},
        {},
        {"region": "GB"},
        True,
    ),
}


def passes(rule: Rule, facts: MessageFacts) -> bool:
    return all(said.verdict == "pass" for said in judge([rule], facts, TODAY))


@pytest.mark.parametrize("rule", GOLDEN)
def test_a_rule_has_a_case_that_passes_one_that_fails_and_a_border(rule: str) -> None:
    good, bad, border, holds = GOLDEN[rule]
    assert passes(RULES[rule], replace(FACTS, **good))
    assert not passes(RULES[rule], replace(FACTS, **bad))
    assert passes(RULES[rule], replace(FACTS, **border)) is holds


def test_every_rule_of_messages_has_its_cases() -> None:
    of_messages = {rule.id for rule in RULES.values() if rule.scope.action != "publish"}
    assert of_messages == set(GOLDEN)


@pytest.mark.parametrize(
    ("hour", "holds"),
    [(7.99, False), (8.0, True), (20.99, True), (21.0, False), (0.0, False), (None, False)],
)
def test_quiet_hours_are_the_person_s_and_an_unknown_zone_is_quiet(
    hour: float | None, *, holds: bool
) -> None:
    assert passes(RULES["message-quiet-hours"], replace(FACTS, hour=hour)) is holds


def test_a_rule_of_posts_says_nothing_of_messages() -> None:
    rules = [rule for rule in RULES.values() if rule.scope.action == "publish"]
    assert judge(rules, FACTS, TODAY) == ()


@pytest.mark.parametrize("check", BEFORE_A_MESSAGE)
def test_no_edit_takes_away_what_keeps_a_message_back(check: str) -> None:
    changed = BOOK.model_dump()
    changed["rules"] = [
        rule | {"severity": "warn"} if rule["check"] == check else rule for rule in changed["rules"]
    ]
    with pytest.raises(ValidationError, match="must block every message"):
        RuleBook.model_validate(changed)


@pytest.mark.parametrize("name", ["claims_to_be_human", "fake_scarcity", "fake_testimonials"])
def test_no_edit_takes_away_what_may_never_be_said(name: str) -> None:
    changed = BOOK.model_dump()
    changed["rules"] = [rule for rule in changed["rules"] if name not in rule["lists"]]
    with pytest.raises(ValidationError, match=f"the list '{name}' must block"):
        RuleBook.model_validate(changed)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"check": "consent_is_granted", "scope": {}}, "is for message only"),
        ({"check": "ai_flag_is_set", "scope": {"action": "message"}}, "is for publish only"),
        ({"check": "rating_is_sfw", "scope": {"channels": ["line"]}}, "say action message"),
        ({"check": "contacts_within", "scope": {"action": "message"}}, "needs least or most"),
        ({"check": "no_claim", "scope": {}}, "needs words or lists"),
        ({"check": "no_claim", "scope": {}, "lists": ["nobody"]}, "no list 'nobody'"),
    ],
)
def test_a_rule_of_another_kind_than_its_check_is_refused(change: Case, said: str) -> None:
    changed = BOOK.model_dump()
    changed["rules"] = (*changed["rules"], changed["rules"][0] | {"id": "new-rule"} | change)
    with pytest.raises(ValidationError, match=said):
        RuleBook.model_validate(changed)


def test_the_rules_of_a_region_are_those_that_hold_there() -> None:
    german = {rule.id for rule in BOOK.filled if rule.scope.holds_in("DE")}
    assert {"de-ad", "de-double-opt-in", "ai-flag", "eu-provenance"} <= german
    assert not german & {"jp-ad", "ad-elsewhere", "unknown-double-opt-in"}
    assert "ad-elsewhere" in {rule.id for rule in BOOK.filled if rule.scope.holds_in("FR")}


def test_the_version_changes_with_any_rule() -> None:
    changed = BOOK.model_dump()
    first = changed["rules"][0]
    changed["rules"] = (first | {"as_of": date(2026, 1, 1)}, *changed["rules"][1:])
    assert RuleBook.model_validate(changed).version != BOOK.version
    assert BOOK.model_copy(deep=True).version == BOOK.version


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("until 2026-11-30", True),
        ("bis 30.11.", True),
        ("30 de novembro", True),
        ("Nov 30", True),
        ("11月30日まで", True),
        ("open 24/7", False),
        ("3 left", False),
        ("may be", False),
    ],
)
def test_a_day_is_one_that_stands_in_a_calendar(text: str, *, day: bool) -> None:
    assert names_a_day(text) is day


@pytest.mark.parametrize("name", BOOK.phrases)
def test_what_our_own_templates_say_claims_nothing(name: str) -> None:
    phrases = BOOK.phrases[name].phrases
    for file in (ROOT / "config" / "scripts").glob("*.json"):
        assert claims(file.read_text(encoding="utf-8"), phrases) == (), file.name
    for _, owed in Config(ROOT / "config").disclosure.languages:
        assert claims(owed.caption_sentence, phrases) == ()


@pytest.mark.parametrize("name", BOOK.phrases)
def test_each_phrase_is_found_where_it_stands(name: str) -> None:
    phrases = BOOK.phrases[name].phrases
    for phrase in phrases:
        said = phrase.replace("#", "12").replace("*", "all of it").upper()
        assert claims(f"So: {said}!", phrases), phrase


def test_a_rule_should_be_read_again_after_half_a_year() -> None:
    (rule,) = [rule for rule in BOOK.filled if rule.id == "de-ad"]
    assert not is_stale(rule, rule.as_of + timedelta(days=180))
    assert is_stale(rule, rule.as_of + timedelta(days=181))

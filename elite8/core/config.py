"""config/*.json to nouns; every complaint names the file, the key and the nearest known key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from pydantic import BaseModel

from elite8.core.domain.character import LANGUAGES, Language
from elite8.core.domain.wording import find
from elite8.core.errors import ConfigError
from elite8.core.parsing import Model, parse, texts_of

if TYPE_CHECKING:
    from elite8.core.domain.alert import AlertConfig
    from elite8.core.domain.calendar import Calendar
    from elite8.core.domain.disclosure import Disclosure
    from elite8.core.domain.exchange import ExchangeRates
    from elite8.core.domain.finishing import FinishingConfig
    from elite8.core.domain.funnel import Funnel
    from elite8.core.domain.keeping import PrivacyConfig
    from elite8.core.domain.link_bots import LinkBots
    from elite8.core.domain.messages import MessagesConfig
    from elite8.core.domain.monitoring import MetricsConfig, TelegramConfig, WebConfig
    from elite8.core.domain.network import SocialConfig
    from elite8.core.domain.offering import WinbackConfig
    from elite8.core.domain.platform_terms import TermsOfPlatforms
    from elite8.core.domain.policy import Policies
    from elite8.core.domain.proxy import ProxyConfig
    from elite8.core.domain.publishing import PublishingConfig
    from elite8.core.domain.region import Regions
    from elite8.core.domain.roster import Roster
    from elite8.core.domain.rule import RuleBook
    from elite8.core.domain.scoring import ScoreConfig
    from elite8.core.domain.script import ScriptLibrary
    from elite8.core.domain.strategy import Strategy
    from elite8.core.domain.tariff import Tariff
    from elite8.core.domain.tiers import Tiers
    from elite8.core.domain.wording import WordList

CHARACTERS = "avatars/elite8_characters.json"
TARIFF = "avatars/pro_plan_optimized.json"
SOCIAL = "social/social_config.json"
PROXY = "social/iproyal_config.json"
FINISHING = "finishing.json"
PUBLISHING = "publishing.json"
CALENDAR = "scheduler_config.json"
REGIONS = "phase2/country_configs.json"
STRATEGY = "phase2/phase2_strategy.json"
FUNNEL = "phase2/funnel.json"
EXCHANGE_RATES = "phase2/exchange_rates.json"
LINK_BOTS = "phase2/link_bots.json"
METRICS = "monitoring/metrics_config.json"
ALERTS = "monitoring/alert_config.json"
TELEGRAM = "monitoring/telegram_config.json"
WEB = "monitoring/web_config.json"
WORDS = "compliance/minor_coded_words.json"
DISCLOSURE = "compliance/disclosure.json"
RULES = "compliance/rules.json"
POLICIES = "compliance/platform_policy.json"
MESSAGES = "phase2/messages_config.json"
PRIVACY = "phase2/privacy_config.json"
WINBACK = "phase2/winback_config.json"
SCORING = "phase2/score.json"
PLATFORMS = "phase2/platform_terms.json"
TIERS = "subscribers/tiers.json"

FILES: Mapping[str, str] = {
    CHARACTERS: "roster.Roster",
    TARIFF: "tariff.Tariff",
    SOCIAL: "network.SocialConfig",
    PROXY: "proxy.ProxyConfig",
    FINISHING: "finishing.FinishingConfig",
    PUBLISHING: "publishing.PublishingConfig",
    CALENDAR: "calendar.Calendar",
    REGIONS: "region.Regions",
    STRATEGY: "strategy.Strategy",
    FUNNEL: "funnel.Funnel",
    EXCHANGE_RATES: "exchange.ExchangeRates",
    LINK_BOTS: "link_bots.LinkBots",
    METRICS: "monitoring.MetricsConfig",
    ALERTS: "alert.AlertConfig",
    TELEGRAM: "monitoring.TelegramConfig",
    WEB: "monitoring.WebConfig",
    WORDS: "wording.WordList",
    DISCLOSURE: "disclosure.Disclosure",
    RULES: "rule.RuleBook",
    POLICIES: "policy.Policies",
    MESSAGES: "messages.MessagesConfig",
    TIERS: "tiers.Tiers",
    PRIVACY: "keeping.PrivacyConfig",
    WINBACK: "offering.WinbackConfig",
    SCORING: "scoring.ScoreConfig",
    PLATFORMS: "platform_terms.TermsOfPlatforms",
    **{f"scripts/{language}.json": "script.ScriptLibrary" for language in LANGUAGES},
}
"""Every file the operator decides in, and its shape: a module of the domain and a class there."""


def shape(name: str) -> type[BaseModel]:
    """Return the shape of a file of FILES, imported now: most commands read only some of them."""
    module, _, model = FILES[name].partition(".")
    found: type[BaseModel] = getattr(import_module(f"elite8.core.domain.{module}"), model)
    return found


@dataclass(frozen=True)
class Config:
    """The operator's decisions, each file read when first needed."""

    folder: Path
    _libraries: "dict[Language, ScriptLibrary]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def roster(self) -> "Roster":
        """The performers, none of them described in words that suggest a minor."""
        return cast("Roster", self._clean(CHARACTERS, self._read(CHARACTERS)))

    @cached_property
    def tariff(self) -> "Tariff":
        """What the paid engine costs and allows."""
        return cast("Tariff", self._read(TARIFF))

    @cached_property
    def social(self) -> "SocialConfig":
        """What each network takes."""
        return cast("SocialConfig", self._read(SOCIAL))

    @cached_property
    def proxy(self) -> "ProxyConfig":
        """Whose calls go through the proxy, and how much of it may be used."""
        return cast("ProxyConfig", self._read(PROXY))

    @cached_property
    def finishing(self) -> "FinishingConfig":
        """How a finished video should measure."""
        return cast("FinishingConfig", self._read(FINISHING))

    @cached_property
    def publishing(self) -> "PublishingConfig":
        """Delays, approval, alarms."""
        return cast("PublishingConfig", self._read(PUBLISHING))

    @cached_property
    def calendar(self) -> "Calendar":
        """When posts go out."""
        return cast("Calendar", self._read(CALENDAR))

    @cached_property
    def regions(self) -> "Regions":
        """Whose viewers are meant, when they watch, in which words."""
        return cast("Regions", self._clean(REGIONS, self._read(REGIONS)))

    @cached_property
    def strategy(self) -> "Strategy":
        """Where we go, in which weeks, for how much; every region it names is configured."""
        found = cast("Strategy", self._read(STRATEGY))
        if strange := [code for code in found.codes() if code not in self.regions.regions]:
            raise ConfigError(
                f"{self.folder / STRATEGY}: the region '{strange[0]}' is not in {REGIONS}"
            )
        regions = self.regions.regions
        if later := [code for code in found.posting.regions if regions[code].status == "later"]:
            raise ConfigError(
                f"{self.folder / STRATEGY}: posting.regions: {later[0]} is for later; make it "
                f"active in {REGIONS}, or: elite8 schedule plan --regions {later[0]} --allow-later"
            )
        return found

    @cached_property
    def funnel(self) -> "Funnel":
        """The way from a first look to a member, and its goals."""
        return cast("Funnel", self._read(FUNNEL))

    @cached_property
    def exchange_rates(self) -> "ExchangeRates":
        """What money of one currency is in another, by the operator's own dated rates."""
        return cast("ExchangeRates", self._read(EXCHANGE_RATES))

    @cached_property
    def link_bots(self) -> "LinkBots":
        """Whose requests are no clicks."""
        return cast("LinkBots", self._read(LINK_BOTS))

    @cached_property
    def metrics(self) -> "MetricsConfig":
        """For how long what is measured is kept."""
        return cast("MetricsConfig", self._read(METRICS))

    @cached_property
    def alerts(self) -> "AlertConfig":
        """What is bad when, and who is told."""
        return cast("AlertConfig", self._read(ALERTS))

    @cached_property
    def telegram(self) -> "TelegramConfig":
        """Who may ask and is told on Telegram."""
        return cast("TelegramConfig", self._read(TELEGRAM))

    @cached_property
    def web(self) -> "WebConfig":
        """What the page may do."""
        return cast("WebConfig", self._read(WEB))

    @cached_property
    def words(self) -> "WordList":
        """Words that are refused in profiles, scripts and captions."""
        return cast("WordList", self._read(WORDS))

    @cached_property
    def disclosure(self) -> "Disclosure":
        """The AI label in each language."""
        return cast("Disclosure", self._read(DISCLOSURE))

    @cached_property
    def rules(self) -> "RuleBook":
        """What a post has to meet before it goes out."""
        return cast("RuleBook", self._read(RULES))

    @cached_property
    def policies(self) -> "Policies":
        """What each platform says of AI performers, of programs, and of being written to."""
        return cast("Policies", self._read(POLICIES))

    @cached_property
    def messages(self) -> "MessagesConfig":
        """Who writes to people, and what each message owes them."""
        return cast("MessagesConfig", self._read(MESSAGES))

    @cached_property
    def tiers(self) -> "Tiers":
        """What the tiers cost at list price, and what each gives."""
        return cast("Tiers", self._read(TIERS))

    @cached_property
    def winback(self) -> "WinbackConfig":
        """What a winback says, may cost, and must not do too often."""
        return cast("WinbackConfig", self._read(WINBACK))

    @cached_property
    def scoring(self) -> "ScoreConfig":
        """What the engagement score weighs, and what each platform shows of it."""
        return cast("ScoreConfig", self._read(SCORING))

    @cached_property
    def privacy(self) -> "PrivacyConfig":
        """For how long what is known of people is kept; an older folder goes by what is usual."""
        if not (self.folder / PRIVACY).exists():
            return cast("PrivacyConfig", shape(PRIVACY)())
        return cast("PrivacyConfig", self._read(PRIVACY))

    @cached_property
    def platform_terms(self) -> "TermsOfPlatforms":
        """How platforms bill, what they keep, and how money to come is counted."""
        return cast("TermsOfPlatforms", self._read(PLATFORMS))

    def script_library(self, language: Language) -> "ScriptLibrary":
        """Return the templates that scripts in `language` are composed from, read once."""
        if language not in self._libraries:
            self._libraries[language] = self._library(language)
        return self._libraries[language]

    def whole(self) -> Self:
        """Return it with every file read: what they become later makes no difference to it."""
        for name, value in vars(Config).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        for language in LANGUAGES:
            self.script_library(language)
        return self

    def _library(self, language: Language) -> "ScriptLibrary":
        library = cast("ScriptLibrary", self._read(f"scripts/{language}.json"))
        if library.language != language:
            raise ConfigError(
                f"{self.folder / f'scripts/{language}.json'}: language: says "
                f"'{library.language}', the file name says '{language}'"
            )
        return library

    def check(self) -> tuple[str, ...]:
        """Return one complaint per file that is wrong; empty when all are right."""
        return tuple(self._complaints())

    def _complaints(self) -> Iterator[str]:
        readers: dict[str, Callable[[], object]] = {
            CHARACTERS: lambda: self.roster,
            STRATEGY: lambda: self.strategy,
        }
        for name in FILES:
            try:
                if name in readers:
                    readers[name]()
                elif name.startswith("scripts/"):
                    language = Path(name).stem
                    self._clean(name, self.script_library(language))  # type: ignore[arg-type]  # a key
                elif name != WORDS:
                    self._clean(name, self._read(name))
                else:
                    self._read(name)
            except ConfigError as wrong:
                yield str(wrong)

    def _clean(self, name: str, found: Model) -> Model:
        """Return `found`, none of its texts in words that suggest a minor."""
        for where, text in texts_of(found.model_dump()):
            if hits := find(text, self.words):
                raise ConfigError(
                    f"{self.folder / name}: {where}: the word '{hits[0].word}' suggests a minor; "
                    "performers are adults, take it out"
                )
        return found

    def _read(self, name: str) -> BaseModel:
        return parse(self.folder / name, shape(name))

"""config/*.json to nouns; every complaint names the file, the key and the nearest known key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from elite8.core.domain.alert import AlertConfig
from elite8.core.domain.calendar import Calendar
from elite8.core.domain.character import LANGUAGES, Language
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
from elite8.core.domain.wording import WordList, find
from elite8.core.errors import ConfigError
from elite8.core.parsing import Model, parse, texts_of

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

FILES: Mapping[str, type[BaseModel]] = {
    CHARACTERS: Roster,
    TARIFF: Tariff,
    SOCIAL: SocialConfig,
    PROXY: ProxyConfig,
    FINISHING: FinishingConfig,
    PUBLISHING: PublishingConfig,
    CALENDAR: Calendar,
    REGIONS: Regions,
    STRATEGY: Strategy,
    FUNNEL: Funnel,
    EXCHANGE_RATES: ExchangeRates,
    LINK_BOTS: LinkBots,
    METRICS: MetricsConfig,
    ALERTS: AlertConfig,
    TELEGRAM: TelegramConfig,
    WEB: WebConfig,
    WORDS: WordList,
    DISCLOSURE: Disclosure,
    RULES: RuleBook,
    POLICIES: Policies,
    MESSAGES: MessagesConfig,
    TIERS: Tiers,
    PRIVACY: PrivacyConfig,
    WINBACK: WinbackConfig,
    SCORING: ScoreConfig,
    PLATFORMS: TermsOfPlatforms,
    **{f"scripts/{language}.json": ScriptLibrary for language in LANGUAGES},
}
"""Every file the operator decides in, and the shape it must have."""


@dataclass(frozen=True)
class Config:
    """The operator's decisions, each file read when first needed."""

    folder: Path

    @cached_property
    def roster(self) -> Roster:
        """The performers, none of them described in words that suggest a minor."""
        return self._clean(CHARACTERS, self._read(CHARACTERS, Roster))

    @cached_property
    def tariff(self) -> Tariff:
        """What the paid engine costs and allows."""
        return self._read(TARIFF, Tariff)

    @cached_property
    def social(self) -> SocialConfig:
        """What each network takes."""
        return self._read(SOCIAL, SocialConfig)

    @cached_property
    def proxy(self) -> ProxyConfig:
        """Whose calls go through the proxy, and how much of it may be used."""
        return self._read(PROXY, ProxyConfig)

    @cached_property
    def finishing(self) -> FinishingConfig:
        """How a finished video should measure."""
        return self._read(FINISHING, FinishingConfig)

    @cached_property
    def publishing(self) -> PublishingConfig:
        """Delays, approval, alarms."""
        return self._read(PUBLISHING, PublishingConfig)

    @cached_property
    def calendar(self) -> Calendar:
        """When posts go out."""
        return self._read(CALENDAR, Calendar)

    @cached_property
    def regions(self) -> Regions:
        """Whose viewers are meant, when they watch, in which words."""
        return self._clean(REGIONS, self._read(REGIONS, Regions))

    @cached_property
    def strategy(self) -> Strategy:
        """Where we go, in which weeks, for how much; every region it names is configured."""
        found = self._read(STRATEGY, Strategy)
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
    def funnel(self) -> Funnel:
        """The way from a first look to a member, and its goals."""
        return self._read(FUNNEL, Funnel)

    @cached_property
    def exchange_rates(self) -> ExchangeRates:
        """What money of one currency is in another, by the operator's own dated rates."""
        return self._read(EXCHANGE_RATES, ExchangeRates)

    @cached_property
    def link_bots(self) -> LinkBots:
        """Whose requests are no clicks."""
        return self._read(LINK_BOTS, LinkBots)

    @cached_property
    def metrics(self) -> MetricsConfig:
        """For how long what is measured is kept."""
        return self._read(METRICS, MetricsConfig)

    @cached_property
    def alerts(self) -> AlertConfig:
        """What is bad when, and who is told."""
        return self._read(ALERTS, AlertConfig)

    @cached_property
    def telegram(self) -> TelegramConfig:
        """Who may ask and is told on Telegram."""
        return self._read(TELEGRAM, TelegramConfig)

    @cached_property
    def web(self) -> WebConfig:
        """What the page may do."""
        return self._read(WEB, WebConfig)

    @cached_property
    def words(self) -> WordList:
        """Words that are refused in profiles, scripts and captions."""
        return self._read(WORDS, WordList)

    @cached_property
    def disclosure(self) -> Disclosure:
        """The AI label in each language."""
        return self._read(DISCLOSURE, Disclosure)

    @cached_property
    def rules(self) -> RuleBook:
        """What a post has to meet before it goes out."""
        return self._read(RULES, RuleBook)

    @cached_property
    def policies(self) -> Policies:
        """What each platform says of AI performers, of programs, and of being written to."""
        return self._read(POLICIES, Policies)

    @cached_property
    def messages(self) -> MessagesConfig:
        """Who writes to people, and what each message owes them."""
        return self._read(MESSAGES, MessagesConfig)

    @cached_property
    def tiers(self) -> Tiers:
        """What the tiers cost at list price, and what each gives."""
        return self._read(TIERS, Tiers)

    @cached_property
    def winback(self) -> WinbackConfig:
        """What a winback says, may cost, and must not do too often."""
        return self._read(WINBACK, WinbackConfig)

    @cached_property
    def scoring(self) -> ScoreConfig:
        """What the engagement score weighs, and what each platform shows of it."""
        return self._read(SCORING, ScoreConfig)

    @cached_property
    def privacy(self) -> PrivacyConfig:
        """For how long what is known of people is kept; an older folder goes by what is usual."""
        if not (self.folder / PRIVACY).exists():
            return PrivacyConfig()
        return self._read(PRIVACY, PrivacyConfig)

    @cached_property
    def platform_terms(self) -> TermsOfPlatforms:
        """How platforms bill, what they keep, and how money to come is counted."""
        return self._read(PLATFORMS, TermsOfPlatforms)

    def script_library(self, language: Language) -> ScriptLibrary:
        """Return the templates that scripts in `language` are composed from."""
        library = self._read(f"scripts/{language}.json", ScriptLibrary)
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
        for name, model in FILES.items():
            try:
                if name in readers:
                    readers[name]()
                elif name.startswith("scripts/"):
                    language = Path(name).stem
                    self._clean(name, self.script_library(language))  # type: ignore[arg-type]  # a key
                elif name != WORDS:
                    self._clean(name, self._read(name, model))
                else:
                    self._read(name, model)
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

    def _read(self, name: str, model: type[Model]) -> Model:
        return parse(self.folder / name, model)

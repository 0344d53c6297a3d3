"""A region: whose viewers are meant, when they watch, in which words, and what its law asks.

Windows, weights and figures are where we begin to look, each with its source and day; own readings
take over.
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from elite8.core.domain.calendar import known_zone
from elite8.core.domain.character import LANGUAGES, Hashtag, Language, Strict, Text
from elite8.core.domain.disclosure import NAMES_AI
from elite8.core.domain.money import known_currency
from elite8.core.domain.tariff import Dated

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2}-[A-Z]{2}$", description="BCP 47: en-US.")]
Zone = Annotated[str, AfterValidator(known_zone)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Site = Literal["tiktok", "instagram", "youtube", "x", "line", "discord"]
NEVER_ADULT = ("ID",)
"""Where the law makes offering or advertising it a crime: Indonesia, Law 44/2008 art. 4."""


class Holidays(Strict):
    """Which holidays of the `holidays` package are looked at."""

    country: Code
    subdiv: str = Field(default="", max_length=8, description="A state; empty is nationwide.")
    categories: tuple[Literal["public", "bank", "optional", "government"], ...] = ("public",)


class Window(Dated):
    """Local hours in which posts go out; `prior` is judgement, `study` somebody's figures."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    start: Clock
    end: Clock
    basis: Literal["study", "prior"]

    @model_validator(mode="after")
    def forwards(self) -> Self:
        """Refuse a window that ends before it begins."""
        if self.start >= self.end:
            raise ValueError(f"{self.start} to {self.end} ends before it begins; split it there")
        return self

    @property
    def begins(self) -> time:
        """The local time it opens."""
        return time.fromisoformat(self.start)

    @property
    def ends(self) -> time:
        """The local time it closes."""
        return time.fromisoformat(self.end)

    @property
    def minutes(self) -> int:
        """How long it is open, on a day without a clock change."""
        begins, ends = self.begins, self.ends
        return (ends.hour - begins.hour) * 60 + ends.minute - begins.minute


class Outlet(Dated):
    """One network of a region; weights say how many of its posts go there."""

    name: Site
    weight: float = Field(gt=0, le=1)


class Phrases(Dated):
    """The words that disclose there: made by AI, and advertising."""

    ai: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=NAMES_AI, min_length=4, max_length=40)
    ]
    ad: Annotated[Text, StringConstraints(max_length=24)] = Field(
        description="Begins the caption of a post that advertises."
    )


class Flags(Dated):
    """What the law of a region asks beside labels."""

    adult_destinations: Literal["forbidden", "attested"] = Field(
        description="attested: only an own page safe for work, or behind a named age check."
    )
    age_assurance: bool = Field(description="Saying that one is 18 is not enough there.")
    double_opt_in: bool = Field(description="A mailed consent has to be confirmed.")


class Spending(Dated):
    """What a region may cost."""

    usd_per_day: float = Field(ge=0)


class Market(Dated):
    """How the operator sees a region; what nobody knows is left out."""

    tier: int = Field(ge=1, le=3)
    audience_millions: float | None = Field(default=None, gt=0)
    growth: float | None = Field(default=None, ge=0, le=1)
    competition: Literal["low", "medium", "high"] | None = None


class Customs(Dated):
    """What a local editor should look at; nothing here is checked by a program."""

    lines: tuple[Text, ...] = ()


class Region(Strict):
    """One region, with all that a post for it needs."""

    name: Text
    status: Literal["active", "later"]
    zones: tuple[Zone, ...] = Field(min_length=1)
    default_zone: Zone
    locale: Locale
    languages: tuple[Locale, ...] = Field(min_length=1)
    currency: Annotated[str, AfterValidator(known_currency)]
    minor_units: int = Field(ge=0, le=4, description="Decimals of its prices.")
    holidays: Holidays
    windows: tuple[Window, ...] = Field(min_length=1)
    networks: tuple[Outlet, ...] = Field(min_length=1)
    hashtags: tuple[Hashtag, ...] = ()
    disclosure: Phrases
    flags: Flags
    budget: Spending | None = Field(default=None, description="None for a region of later.")
    market: Market
    law: tuple[Text, ...] = ()
    customs: Customs | None = None

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse parts that do not agree with each other."""
        if self.default_zone not in self.zones:
            raise ValueError(f"default_zone {self.default_zone} is not among zones")
        if self.locale not in self.languages:
            raise ValueError(f"locale {self.locale} is not among languages")
        names = [one.name for one in self.networks]
        if len(set(names)) < len(names):
            raise ValueError("networks: one stands twice")
        if round(sum(one.weight for one in self.networks), 6) != 1:
            raise ValueError("networks: the weights do not add up to 1")
        if self.status == "active" and self.budget is None:
            raise ValueError("budget: an active region has one; write usd_per_day, 0 for none")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone its windows are in."""
        return ZoneInfo(self.default_zone)

    @property
    def language(self) -> Language | None:
        """The language of its captions and voices; `None` where there are no templates in it."""
        code = self.locale.split("-")[0]
        return code if code in LANGUAGES else None

    def is_best(self, first: int, last: int) -> bool:
        """Return whether a window is open between the hours `first` and `last`."""
        from_, until = time(first), time(last) if last < 24 else time.max  # noqa: PLR2004  # hours
        return any(one.begins < until and from_ < one.ends for one in self.windows)

    def open_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows of a day there, the earliest first."""
        name = WEEKDAYS[day.weekday()]
        found = [one for one in self.windows if name in one.days]
        return tuple(sorted(found, key=lambda one: (one.start, one.end)))

    def facts(self) -> Iterator[tuple[str, Dated]]:
        """Yield everything that was read somewhere, under its key."""
        yield from ((f"windows.{at}", one) for at, one in enumerate(self.windows))
        yield from ((f"networks.{one.name}", one) for one in self.networks)
        for key in ("disclosure", "flags", "budget", "market", "customs"):
            if (found := getattr(self, key)) is not None:
                yield key, found


class Regions(Strict):
    """config/phase2/country_configs.json."""

    regions: dict[Code, Region] = Field(min_length=1)

    @model_validator(mode="after")
    def lawful(self) -> Self:
        """Refuse what no operator may decide."""
        for code in NEVER_ADULT:
            one = self.regions.get(code)
            if one is not None and one.flags.adult_destinations != "forbidden":
                raise ValueError(
                    f"regions.{code}.flags.adult_destinations: '{one.flags.adult_destinations}' "
                    "cannot be chosen there, the law makes it a crime; write forbidden"
                )
        return self

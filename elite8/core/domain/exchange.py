"""What money of one currency is in another, by rates the operator wrote down: dated, never live."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.money import MINOR, known_currency

Currency = Annotated[str, AfterValidator(known_currency)]


class Rate(Strict):
    """One rate: a whole unit of `of` is so many of `into`, on a day, as somebody published it."""

    of: Currency
    into: Currency
    rate: Decimal = Field(gt=0, description="0.0067 dollars for a yen.")
    as_of: date
    source: Text

    def exchange(self, amount: int) -> int:
        """Return minor units as minor units of the other currency, to the nearest, half to even."""
        digits = MINOR[self.into] - MINOR[self.of]
        whole = (Decimal(amount) * self.rate).scaleb(digits)
        return int(whole.to_integral_value(ROUND_HALF_EVEN))

    @property
    def told(self) -> str:
        """Return it in words, with its day and source."""
        return f"1 {self.of} = {self.rate} {self.into} of {self.as_of} ({self.source})"


class ExchangeRates(Strict):
    """config/phase2/exchange_rates.json."""

    rates: tuple[Rate, ...] = ()

    @model_validator(mode="after")
    def once(self) -> Self:
        """Refuse two rates of a day, and one of a currency into itself."""
        seen = set()
        for one in self.rates:
            if one.of == one.into:
                raise ValueError(f"{one.of} into {one.into} is no exchange")
            if (one.of, one.into, one.as_of) in seen:
                raise ValueError(f"two rates of {one.of} into {one.into} on {one.as_of}")
            seen.add((one.of, one.into, one.as_of))
        return self

    def on(self, day: date, of: str, into: str) -> Rate | None:
        """Return the newest rate that was there on a day; `None` for none."""
        there = [one for one in self.rates if (one.of, one.into) == (of, into) and one.as_of <= day]
        return max(there, key=lambda one: one.as_of, default=None)

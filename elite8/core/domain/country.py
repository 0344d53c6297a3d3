"""The countries whose viewers are meant: their zone, and when they are thought to watch."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from elite8.core.domain.calendar import known_zone
from elite8.core.domain.character import Strict, Text

Hour = Annotated[int, Field(ge=0, le=24)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Country(Strict):
    """One country; `best_hours` are where we begin to look, not a fact."""

    name: Text
    zone: Annotated[str, AfterValidator(known_zone)]
    best_hours: tuple[tuple[Hour, Hour], ...] = Field(
        min_length=1, description="Local hours, from and to."
    )
    source: Text
    as_of: date

    @model_validator(mode="after")
    def forwards(self) -> Self:
        """Refuse hours that end before they begin."""
        if any(begin >= end for begin, end in self.best_hours):
            raise ValueError("best_hours end before they begin; split what goes past midnight")
        return self

    def is_best(self, first: int, last: int) -> bool:
        """Return whether a best hour is among the hours from `first` to before `last`."""
        return any(begin < last and first < end for begin, end in self.best_hours)


class Countries(Strict):
    """config/phase2/country_configs.json."""

    countries: dict[Code, Country] = Field(min_length=1)

"""For how long what is known of people is kept, and by when what they ask for is done."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from elite8.core.domain.character import Strict

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
MONTH = timedelta(days=30.44)
"""A twelfth of a Gregorian year, which is long enough to count periods of years by."""


class PrivacyConfig(Strict):
    """config/phase2/privacy_config.json; no period is for ever."""

    purge: bool = Field(default=False, description="Whether the daemon purges each day.")
    lapsed_months: int = Field(
        default=24, ge=1, le=120, description="People whose last payment is older are deleted."
    )
    import_files_days: int = Field(
        default=30, ge=1, le=365, description="Rejected rows and answers to people are kept so."
    )
    assignments_months: int = Field(
        default=24, ge=1, le=120, description="Then nobody is known in a campaign's groups."
    )
    requests_months: int = Field(
        default=24, ge=12, le=120, description="Requests that were dealt with are kept so long."
    )
    backups_days: int = Field(
        default=90, ge=1, le=730, description="Copies of the database are to be deleted then."
    )
    answer_days: int = Field(
        default=15, ge=1, le=30, description="A request is done within these (LGPD, article 19)."
    )
    warn_days: int = Field(default=10, ge=1, le=29, description="It rings after these.")
    sooner: dict[Country, int] = Field(
        default={"ID": 3}, description="Countries whose people wait for fewer days."
    )

    @model_validator(mode="after")
    def _warns_before_it_is_due(self) -> Self:
        if self.warn_days >= self.answer_days:
            raise ValueError("warn_days is before answer_days")
        if late := [code for code, days in self.sooner.items() if not 1 <= days <= 30]:  # noqa: PLR2004  # GDPR, article 12(3): a month
            raise ValueError(f"sooner.{late[0]}: 1 to 30 days")
        return self

    def clock(self, asked_at: datetime, country: str) -> tuple[datetime, datetime]:
        """Return when a request rings and when it is due; a short one rings after two thirds."""
        days = min(self.sooner.get(country, self.answer_days), self.answer_days)
        rings = min(float(self.warn_days), days * 2 / 3)
        return asked_at + timedelta(days=rings), asked_at + timedelta(days=days)

"""How a platform's export reads: which of its columns is what, in which zone, with which words.

A profile is a TOML file. What it does not say is not guessed: a required column that is missing
refuses the file, a word that is not in its `value_map` leaves the row out.
"""

from datetime import date
from typing import Literal, get_args

from pydantic import Field, model_validator

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.subscriber import Tier

Kind = Literal["events", "subscribers"]
Encoding = Literal["auto", "utf-8", "utf-16", "cp932", "cp1252"]
EventField = Literal[
    "event_id",
    "platform",
    "platform_user_id",
    "handle",
    "character_id",
    "type",
    "occurred_at",
    "amount",
    "amount_minor",
    "fee",
    "fee_minor",
    "tax",
    "tax_minor",
    "net",
    "net_minor",
    "currency",
    "quantity",
    "content_id",
    "direction",
    "duration_s",
    "completion_ratio",
    "about_id",
]
StateField = Literal[
    "platform",
    "platform_user_id",
    "handle",
    "character_id",
    "tier",
    "price",
    "price_minor",
    "currency",
    "months",
    "status",
    "auto_renew",
    "started_on",
    "current_period_end",
    "last_seen_at",
    "country",
    "locale",
    "birth_year_declared",
    "left_reason",
    "exported_at",
]
FIELDS: dict[Kind, tuple[str, ...]] = {
    "events": get_args(EventField),
    "subscribers": get_args(StateField),
}
ALWAYS: dict[Kind, tuple[str, ...]] = {
    "events": ("type", "occurred_at"),
    "subscribers": ("status",),
}
"""What each row has to say, by a column or a constant, whatever the profile calls required."""
TOTALS = ("total", "totals", "grand total", "sum", "合計", "総計", "gesamt", "summe")


class TierPrice(Strict):
    """A price that is a tier; any other is `other`, never the nearest."""

    price: Text
    currency: Text
    tier: Tier


class Profile(Strict):
    """One kind of export of one platform, or a neutral one."""

    kind: Kind
    verified: bool = Field(description="Seen against a real export.")
    source: Text
    as_of: date
    note: str = ""
    encoding: Encoding = "auto"
    delimiter: Literal["auto", ",", ";", "\t"] = "auto"
    decimal: Literal[".", ","] = "."
    date_format: tuple[Text, ...] = Field(default=("iso",), description="iso, or as in strptime.")
    tz: str = Field(default="", description="Zone of times that have none, as Asia/Tokyo.")
    columns: dict[str, Text] = Field(description="Ours to what the file calls it.")
    required: tuple[str, ...] = Field(min_length=1, description="Ours; without them no import.")
    constants: dict[str, str] = Field(default_factory=dict, description="The same in each row.")
    value_map: dict[str, dict[str, str]] = Field(default_factory=dict)
    skip: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Values whose rows are none of a subscriber's."
    )
    ignore: tuple[str, ...] = Field(default=(), description="Columns that are never kept.")
    totals: tuple[str, ...] = TOTALS
    tiers: tuple[TierPrice, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "Profile":
        known = FIELDS[self.kind]
        for part in ("columns", "required", "constants", "value_map", "skip"):
            if strange := [name for name in getattr(self, part) if name not in known]:
                raise ValueError(f"{part}: no field '{strange[0]}'; {', '.join(known)}")
        there = {*self.columns, *self.constants}
        if lacking := [name for name in self.required if name not in there]:
            raise ValueError(f"required: '{lacking[0]}' is in neither columns nor constants")
        if lacking := [name for name in ALWAYS[self.kind] if name not in there]:
            raise ValueError(f"columns: '{lacking[0]}' is needed for {self.kind}")
        if not there & {"platform_user_id", "handle"}:
            raise ValueError("columns: platform_user_id or handle is needed, to know who it was")
        if both := sorted(set(self.columns) & set(self.constants)):
            raise ValueError(f"constants: '{both[0]}' is a column too; keep one")
        return self

"""What the drawn artwork of a performer is made of."""

from pydantic import BaseModel, ConfigDict


class Look(BaseModel):
    """Parameters of the layered vector portrait."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""How a finished video should measure."""

from pydantic import Field

from elite8.core.domain.character import Strict

SHORTEST, LONGEST = 3.0, 180.0
"""Seconds a video may last. Ours: under 3 s no caption can be read; 180 s is TikTok's row in
config/social/social_config.json."""


class FinishingConfig(Strict):
    """config/finishing.json."""

    duration_seconds: float = Field(ge=SHORTEST, le=LONGEST, description="When none is asked.")
    loudness_lufs: float = Field(ge=-24, le=-9, description="Integrated, ITU-R BS.1770.")
    true_peak_dbtp: float = Field(ge=-9, le=-1, description="Highest true peak allowed.")

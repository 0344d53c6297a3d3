"""What a platform is handed, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from elite8.core.domain.network import Wording
from elite8.core.domain.post import Promotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """The finished bytes and words of one post; `sha256` and `size_bytes` are of the video file."""

    post_id: str
    video_id: str
    character: str
    folder: str
    video: Path
    cover: Path
    sha256: str
    wording: Wording
    facts: Mapping[str, object]
    promotes: Promotes = ""
    size_bytes: int = 0

    @property
    def size(self) -> int:
        """How many bytes the video has, told also when its file is gone."""
        return self.size_bytes or self.video.stat().st_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where the post is: the network's own id, and an address a person can open.

    A `draft` is with the network, and a person has to finish it there.
    """

    remote_id: str
    url: str
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A post as others find it: visible, hidden, a draft, or unlabelled: the AI flag is missing.

    `facts` are the network's own words, kept as proof.
    """

    state: Literal["visible", "hidden", "draft", "unlabelled"]
    url: str = ""
    message: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whom an account speaks for, as the network knows them."""

    id: str
    name: str

"""What a Reel's container says, and how its words are known again."""

import hashlib

from elite8.core.domain.network import NetworkRules
from elite8.core.domain.rendition import Rendition
from elite8.core.errors import Refused

COVER_AT_MS = 1500


def plain(caption: str) -> str:
    """Return a caption as it is compared: spaces folded, without the @ that Instagram drops (8)."""
    return " ".join(caption.replace("@", "").split())


def marked(caption: str) -> str:
    """Return what tells a caption from others, kept with the container that carries it."""
    return hashlib.sha256(plain(caption).encode()).hexdigest()[:16]


def partnership(ready: Rendition, *, by_page: bool) -> dict[str, object]:
    """Return how a paid partnership is told, which only Facebook Login may (4.1)."""
    if ready.promotes != "partner":
        return {}
    if not by_page:
        how = "elite8 accounts login instagram --via facebook"
        raise Refused(f"Instagram labels a paid partnership only of an account of: {how}")
    return {"is_paid_partnership": True}


def container(ready: Rendition, rules: NetworkRules) -> dict[str, object]:
    """Return what a Reel's container says; the AI flag is always on.

    Its bytes are uploaded, or fetched by Instagram's servers where a public address is configured.
    """
    address = rules.public_url.format(file=ready.video.name)
    return {
        "media_type": "REELS",
        **({"video_url": address} if address else {"upload_type": "resumable"}),
        "caption": ready.wording.caption,
        "share_to_feed": True,
        "thumb_offset": COVER_AT_MS,
        "is_ai_generated": True,
    }

"""videos.update: whole parts are replaced, and what is left out is cleared (INFERRED)."""

from collections.abc import Mapping
from typing import Any

from elite8.core.simulators.wire import Reply, Request, json_reply
from elite8.core.simulators.youtube.grants import WRITING, Access
from elite8.core.simulators.youtube.metadata import checked, parts_of, read_body, watch_status
from elite8.core.simulators.youtube.project import Project
from elite8.core.simulators.youtube.quota import UNITS, WRITE
from elite8.core.simulators.youtube.refusals import No
from elite8.core.simulators.youtube.videos import Video


def videos_update(project: Project, request: Request, access: Access) -> Reply:
    """Replace the parts of a video that `part` names."""
    project.quota.charge(UNITS, WRITE)
    access.require(WRITING)
    parts = parts_of(request.query)
    body = read_body(request)
    video = project.owned(str(body.pop("id", "")), access)
    public = video.public_once or video.privacy(project.clock()) == "public"
    _require_settable(body, parts, public=public)
    kept = {name: content for name, content in video.sent.items() if name not in parts}
    video.sent = checked({**body, **kept}, parts | kept.keys())
    video.public_once = public
    _watch(project, video, parts)
    return json_reply(project.show(video, parts))


def _require_settable(body: Mapping[str, Any], parts: frozenset[str], *, public: bool) -> None:
    """Refuse a snippet without category, and a schedule for what was public once [C:VR]."""
    snippet, status = body.get("snippet"), body.get("status")
    named = isinstance(snippet, dict) and "categoryId" in snippet
    if "snippet" in parts and not named:
        raise No(400, "invalidCategoryId", "The snippet.categoryId property is required.")
    if "status" in parts and public and isinstance(status, dict) and "publishAt" in status:
        raise No(400, "invalidPublishAt", "The video has been published already.")


def _watch(project: Project, video: Video, parts: frozenset[str]) -> None:
    found = watch_status(video.status) if "status" in parts else []
    project.violations += [f"videos.update: {what}" for what in found]

"""Resumable videos.insert: opening a session and sending bytes [C:RU], [C:GAC]."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from elite8.core.simulators.wire import Lost, Reply, Request, json_reply
from elite8.core.simulators.youtube.faults import line_of
from elite8.core.simulators.youtube.grants import UPLOADING, Access
from elite8.core.simulators.youtube.metadata import checked, parts_of, read_body, watch_status
from elite8.core.simulators.youtube.project import Project, Session
from elite8.core.simulators.youtube.quota import INSERTS
from elite8.core.simulators.youtube.refusals import No, wrong
from elite8.core.simulators.youtube.videos import HIDDEN_FOR, Video, stable_id

PIECE = 262_144  # every part but the last is a multiple of it [C:RU]
MOST_BYTES = 274_877_906_944  # [C:DISC]
SESSION_LIFE = timedelta(days=7)  # INFERRED: what other Google uploads say
SLUG = re.compile(r"[^\x00-\x1f\x7f/\\]{1,255}")  # INFERRED
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
INSERT_QUERY = frozenset(
    (
        *("uploadType", "part", "notifySubscribers", "autoLevels", "stabilize", "alt", "key"),
        *("onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel", "prettyPrint", "fields"),
    )
)


def insert(project: Project, request: Request, access: Access) -> Reply:
    """Open a session; no byte of the video is sent yet and no video is seen."""
    project.quota.charge(INSERTS, 1)  # at the start: INFERRED
    access.require(UPLOADING)
    parts = _asked_parts(request)
    sent = checked(read_body(request), parts)
    total, file_name = _announced(request.headers)
    if project.faults.take("upload-limit", line_of(request)):
        text = "The user has exceeded the number of videos they may upload."
        raise No(400, "uploadLimitExceeded", text)  # 400 in the wild, 403 in others: section 7
    _watch(project, request, sent)
    session = Session(
        id=_session_id(project),
        channel=access.channel,
        sent=sent,
        parts=parts,
        file_name=file_name,
        total=total,
        at=project.clock(),
    )
    project.sessions[session.id] = session
    place = _place(project, request, session)
    return Reply(headers={"Location": place, "X-GUploader-UploadID": session.id})


def _place(project: Project, request: Request, session: Session) -> str:
    query = urlencode({**request.query, "upload_id": session.id})
    return f"{project.upload_base}/upload/youtube/v3/videos?{query}"


def _move(project: Project, request: Request, session: Session) -> Reply:
    """Give the session another address; the old one is forgotten [C:GAC], INFERRED."""
    del project.sessions[session.id]
    session.id = _session_id(project)
    project.sessions[session.id] = session
    headers = dict(_incomplete(session).headers)
    return Reply(status=308, headers={**headers, "Location": _place(project, request, session)})


def _asked_parts(request: Request) -> frozenset[str]:
    unexpected = sorted(request.query.keys() - INSERT_QUERY)
    if unexpected:
        raise wrong(f"Unexpected parameter: {unexpected[0]}", "unexpectedParameter")
    if request.query.get("uploadType") != "resumable":
        raise wrong("uploadType must be resumable")  # this simulator takes no other
    if request.query.get("notifySubscribers", "false") not in {"true", "false"}:
        raise wrong("Invalid value for notifySubscribers")
    return parts_of(request.query)


def _announced(headers: Mapping[str, str]) -> tuple[int, str]:
    """Return the length and the name of the file to come [C:RU], [C:VI]."""
    length, kind = headers.get("x-upload-content-length", ""), headers.get("x-upload-content-type")
    if kind is None or not (kind.startswith("video/") or kind == "application/octet-stream"):
        raise wrong("The request does not include the video content.", "mediaBodyRequired")
    if not length.isdecimal() or not 0 < int(length) <= MOST_BYTES:
        raise wrong("X-Upload-Content-Length must be the size of the video in bytes")
    name = headers.get("slug")
    if name is not None and not SLUG.fullmatch(name):
        raise wrong("The video filename in the Slug header is invalid.", "invalidFilename")
    return int(length), name or "unknown"


def _watch(project: Project, request: Request, sent: Mapping[str, Any]) -> None:
    """Write down what YouTube accepts and our side never does: section 0, 11."""
    found = watch_status(sent.get("status", {}))
    if request.query.get("notifySubscribers") != "false":
        found.append("notifySubscribers is not false")
    project.violations += [f"videos.insert: {what}" for what in found]


def _session_id(project: Project) -> str:
    project.sessions_opened += 1
    return hashlib.sha256(f"youtube session {project.sessions_opened}".encode()).hexdigest()


def send(project: Project, request: Request) -> Reply:
    """Take bytes of a session, or say how many there are."""
    session = project.sessions.get(request.query.get("upload_id", ""))
    if session and project.faults.take("session-gone", line_of(request)):
        del project.sessions[session.id]
        session = None
    if session is None or project.clock() >= session.at + SESSION_LIFE:
        raise No(404, "notFound", "Not Found", "global")  # [C:RU]
    if not session.video_id and project.faults.take("session-moved", line_of(request)):
        return _move(project, request, session)
    first = _first_byte(request, session)
    if session.video_id:  # a finished session names its video [C:GAC]; deleted since: INFERRED
        video = project.videos.get(session.video_id)
        if video is None:
            raise No(404, "notFound", "Not Found", "global")
        return json_reply(project.show(video, session.parts))
    if first is None:
        return _incomplete(session)
    return _take(project, request, session, first)


def _first_byte(request: Request, session: Session) -> int | None:
    """Return where the bytes sent belong, None when it is only asked; else raise `No`."""
    told, size = request.headers.get("content-range"), len(request.body)
    if told is None:  # one PUT with the whole file needs none
        if size != session.total:
            raise wrong(f"{size} bytes came where {session.total} were announced")
        return 0
    match = RANGE.fullmatch(told)
    if match is None:
        raise wrong(f"Invalid Content-Range: {told}")
    first, last, total = match.groups()
    if total not in {"*", str(session.total)}:
        raise wrong(f"Content-Range says {total}, X-Upload-Content-Length {session.total}")
    if first is None:
        if size:
            raise wrong("A status query has no body")
        return None
    _require_arithmetic(int(first), int(last), size, session.total)
    return int(first)


def _require_arithmetic(first: int, last: int, size: int, total: int) -> None:
    if last - first + 1 != size or last >= total:
        raise wrong(f"Content-Range {first}-{last} of {total} does not fit {size} bytes")
    if last + 1 < total and size % PIECE:
        raise wrong(f"A part must be a multiple of {PIECE} bytes")


def _take(project: Project, request: Request, session: Session, first: int) -> Reply:
    """Store the bytes; a part that does not begin where the last ended is refused (INFERRED)."""
    if first != len(session.received):
        raise wrong(f"Content-Range begins at {first}, {len(session.received)} bytes are stored")
    if project.faults.take("cut-upload", line_of(request)):
        session.received += request.body[: len(request.body) // 2]
        raise Lost("cut halfway through the bytes")
    session.received += request.body
    if len(session.received) < session.total:
        return _incomplete(session)
    video = _create(project, session, line_of(request))
    return json_reply(project.show(video, session.parts), status=201)  # the guide names 201


def _incomplete(session: Session) -> Reply:
    """Return 308; without a Range nothing is stored [C:RU], [C:GAC]."""
    stored = len(session.received)
    return Reply(status=308, headers={"Range": f"bytes=0-{stored - 1}"} if stored else {})


def _create(project: Project, session: Session, line: str) -> Video:
    """Make the video: only now, with the last byte, it exists (INFERRED)."""
    project.videos_made += 1
    now = project.clock()
    take = project.faults.take
    video = Video(
        id=stable_id(project.videos_made),
        channel=session.channel,
        sent=session.sent,
        file_name="video.mp4" if take("file-name-lost", line) else session.file_name,
        sha256=hashlib.sha256(session.received).hexdigest(),
        size=len(session.received),
        at=now,
        failing=take("processing-failed", line),
        stuck=take("processing-stuck", line),
        rejected=take("rejected", line),
        locked=take("locked-private", line),
        hidden_until=now + HIDDEN_FOR if take("late-visibility", line) else None,
    )
    project.videos[video.id] = video
    session.video_id = video.id
    session.received = bytearray()
    return video

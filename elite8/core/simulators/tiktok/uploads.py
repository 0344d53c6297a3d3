"""The bytes: PUT to an upload_url, chunk after chunk. Section 4.2."""

import re
from collections.abc import Iterable
from datetime import datetime

from elite8.core.simulators.tiktok.platform import Platform
from elite8.core.simulators.tiktok.publications import Publication
from elite8.core.simulators.wire import Lost, Reply, Request

UPLOAD_HOST = "open-upload.tiktokapis.com"
UPLOAD = "/video/"
CONTENT_TYPES = {"video/mp4", "video/quicktime", "video/webm"}  # [DP]
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def upload_url(platform: Platform, publication: Publication) -> str:
    """Return where the bytes of a publication go: opaque to the sender."""
    root = platform.base_url or f"https://{UPLOAD_HOST}"
    task = f"upload_id={publication.upload_id}&upload_token={publication.upload_token}"
    return f"{root}{UPLOAD}?{task}"


def receive(platform: Platform, request: Request) -> Reply:
    """Take one chunk: 206 for one of several, 201 for the last [MT]."""
    if "authorization" in request.headers:
        platform.violated(f"{request.path}: the access token was sent to the upload host")
    task = _task(platform.publications.values(), request)
    if task is None:
        return Reply(status=404)  # unknown upload task
    now = platform.clock()
    if _expired(platform, task, request.path, now):
        return Reply(status=403)
    trouble = _trouble(task, request)
    if trouble:
        return _progress(trouble, task)
    if platform.faults.take("cut-upload", request.path):
        raise Lost("cut after half of the chunk")  # INFERRED: a half chunk is thrown away
    if not task.take_bytes(request.body):
        return _progress(206, task)
    platform.work(task)
    return _progress(201, task)


def _task(publications: Iterable[Publication], request: Request) -> Publication | None:
    asked = request.query.get("upload_id"), request.query.get("upload_token")
    for one in publications:
        if not one.pulled and (one.upload_id, one.upload_token) == asked:
            return one
    return None


def _expired(platform: Platform, task: Publication, path: str, now: datetime) -> bool:
    if platform.faults.take("upload-expired", path):
        task.upload_until = now
    return now >= task.upload_until  # one hour [DP]


def _trouble(task: Publication, request: Request) -> int:
    """Return the status of a wrong chunk, 0 for a right one: 400 by its form, 416 by its place."""
    sent = RANGE.fullmatch(request.headers.get("content-range", ""))
    length = request.headers.get("content-length", str(len(request.body)))
    if not sent or request.headers.get("content-type") not in CONTENT_TYPES:
        return 400
    first, last, total = (int(number) for number in sent.groups())
    whole = {str(len(request.body)), length} == {str(last + 1 - first)}
    if total != task.video_size or not first <= last < total or not whole:
        return 400
    if first != task.received:
        return 416  # strictly in order
    return 0 if last == last_byte(task, first) else 400


def last_byte(task: Publication, first: int) -> int:
    """Return where the chunk that begins at `first` ends: the last takes the remainder [MT]."""
    final = first // task.chunk_size >= task.total_chunk_count - 1
    return task.video_size - 1 if final else first + task.chunk_size - 1


def _progress(status: int, task: Publication) -> Reply:
    """Return an answer that says how far it got."""
    if status == 400:  # noqa: PLR2004  # an HTTP status
        return Reply(status=status)
    got = f"bytes 0-{task.counted[1]}/{task.video_size}"
    return Reply(status=status, headers={"Content-Range": got})

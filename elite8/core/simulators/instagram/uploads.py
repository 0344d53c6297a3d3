"""rupload: the bytes of a container, from an offset to the end."""

import re

from elite8.core.simulators.instagram.boxes import MOST_BYTES
from elite8.core.simulators.instagram.containers import Container
from elite8.core.simulators.instagram.network import Network
from elite8.core.simulators.instagram.refusals import No, not_uploaded
from elite8.core.simulators.instagram.tokens import Right, Token
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply

PLACE = re.compile(r"/ig-api-upload/(?P<version>v\d+\.\d+)/(?P<id>\d+)")


def upload(network: Network, request: Request) -> Reply:
    """Answer one upload (C:CP, C:UM); how each refusal is worded and retried is INFERRED."""
    place = PLACE.fullmatch(request.path)
    if place is None or request.method != "POST":
        return html_reply("Not Found", status=404)
    try:
        token = _token(network, request)
    except No as no:
        return not_uploaded(no.text, status=401)
    container = network.container(place["id"], token, request.path)
    if container is None:
        return not_uploaded("there is no such container", status=404)
    if container.arrived or network.status_code(container) != "IN_PROGRESS":
        return not_uploaded("this container takes no bytes any more")
    if place["version"] != container.version:
        container.stuck = (
            True  # another uri than the one given: IN_PROGRESS for ever (field report)
        )
    _befall(network, container, request.path)
    return _take(network, container, request)


def _befall(network: Network, container: Container, path: str) -> None:
    container.failing = container.failing or network.faults.take("processing-failed", path)
    container.stuck = container.stuck or network.faults.take("processing-stuck", path)


def _token(network: Network, request: Request) -> Token:
    """Return the token of an `Authorization: OAuth` header; Bearer is not taken here (C:CP)."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind != "OAuth":
        raise No(190, "Authorization: OAuth is required")
    if network.faults.take("token-expired", request.path):
        raise No(190, "the token has expired")
    token = network.tokens.find(value)
    token.require(Right.PUBLISH)
    return token


def _take(network: Network, container: Container, request: Request) -> Reply:
    if "file_url" in request.headers:
        if request.body:
            return not_uploaded("file_url comes without a body")
        network.download(container, request.headers["file_url"])
        return _done()
    trouble = _trouble(container, request)
    if trouble:
        return trouble
    container.file_size = int(request.headers["file_size"])
    if network.faults.take("cut-upload", request.path):
        container.received += request.body[: len(request.body) // 2]
        raise Lost("cut in the middle of the bytes")
    container.received += request.body
    if len(container.received) < container.file_size:
        return not_uploaded("fewer bytes than file_size says", retriable=True)
    container.arrive(bytes(container.received), network.clock())
    return _done()


def _trouble(container: Container, request: Request) -> Reply | None:
    """Return what is wrong with offset, size and bytes, if anything."""
    sent = [request.headers.get(name, "") for name in ("offset", "file_size")]
    if not all(value.isdecimal() for value in sent):
        return not_uploaded("offset and file_size must be whole numbers")
    offset, size = map(int, sent)
    if not 0 < size <= MOST_BYTES:
        return not_uploaded("the file must have 1 byte to 300 MB")  # C:UM
    if container.file_size not in {0, size}:
        return not_uploaded("file_size is not what it was")
    if offset == 0:
        container.received.clear()  # a full upload begins again
    if offset != len(container.received):
        return not_uploaded(f"offset must be {len(container.received)}", retriable=True)
    if offset + len(request.body) > size:
        return not_uploaded("more bytes than file_size says")
    return None


def _done() -> Reply:
    return json_reply({"success": True, "message": "Upload successful."})

"""Every outside thing asked once, live: a line each, and what to do where it does not work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from elite8.core import clock as clocks
from elite8.core.errors import Elite8Error
from elite8.core.notify import email, telegram, webhook
from elite8.core.operations import accounts, configuration, line_mail, notices, proxy
from elite8.core.operations.health import database, disk, looked
from elite8.core.operations.signing import has_signing_key, signing_key
from elite8.core.production import ffmpeg
from elite8.core.studio import Studio

State = Literal["good", "bad", "off"]
CLOCK_OFF = 30.0
"""Seconds that a clock may be off before tokens and times go wrong."""
PAGE_ANSWERS = (200, 503)
"""What the page's /healthz says: all is well, or something is bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was asked; `off`: it is not set up, which is no fault."""

    name: str
    state: State
    says: str


def examine(studio: Studio) -> Iterator[Finding]:
    """Ask each thing and yield what it says, so that a slow one holds up no line before it."""
    for name, ask in ASKED.items():
        try:
            yield from ask(studio)
        except Elite8Error as trouble:
            yield Finding(name=name, state="bad", says=str(trouble))
        except Exception as fault:  # noqa: BLE001  # a fault of a look is an answer
            yield Finding(name=name, state="bad", says=f"cannot be told ({type(fault).__name__})")


def config(studio: Studio) -> Iterator[Finding]:
    """See that every config file is right."""
    wrong = configuration.check(studio)
    says = wrong[0] if wrong else f"{studio.config.folder}: every file is right"
    yield Finding(name="config", state="bad" if wrong else "good", says=says)


def store(studio: Studio) -> Iterator[Finding]:
    """See that rows can be written and a video has room."""
    for name, look in (("database", database), ("disk", disk)):
        for one in looked(studio, name, look):
            yield Finding(
                name=name, state="good" if one.verdict == "good" else "bad", says=one.says
            )


def modes(studio: Studio) -> Iterator[Finding]:
    """See that nobody else on this machine reads secrets, or puts other files in their place."""
    state, wrong = studio.settings.state_dir, []
    if may(state, 0o022):
        wrong.append(f"others may write in {state}: chmod 700 {state}")
    rows = studio.database.file
    for place in (state / "keys", state / "tokens", Path(".env"), *([rows] if rows else [])):
        if may(place, 0o077):
            fit = "u=rwX,go=" if place.is_dir() else "600"
            wrong.append(f"others may read {place}: chmod {fit} {place}")
    for says in wrong or ["secrets are for their owner alone"]:
        yield Finding(name="modes", state="bad" if wrong else "good", says=says)


def may(place: Path, bits: int) -> bool:
    """Return whether a file or folder is there and has one of these bits of its mode."""
    try:
        return bool(place.stat().st_mode & bits)
    except OSError:
        return False


def film(studio: Studio) -> Iterator[Finding]:
    """See that FFmpeg starts."""
    done = ffmpeg.run(("-version",), program=studio.settings.ffmpeg)
    version = done.stdout.decode(errors="replace").partition(" Copyright")[0][:60]
    yield Finding(name="ffmpeg", state="good", says=version)


def signing(studio: Studio) -> Iterator[Finding]:
    """See that videos can be signed."""
    if not has_signing_key(studio):
        yield Finding(name="signing", state="off", says="a key is made with the first video")
        return
    key = signing_key(studio)
    warning = key.warning(studio.clock())
    yield Finding(
        name="signing",
        state="bad" if warning else "good",
        says=warning or f"the certificate is good until {key.expires:%Y-%m-%d}",
    )


def engine(studio: Studio) -> Iterator[Finding]:
    """Ask A2E for its balance."""
    if studio.settings.a2e_api_key is None:
        says = "no key is set: films are made on this machine"
        yield Finding(name="a2e", state="off", says=says)
        return
    left = studio.a2e.balance()
    says = "it answers" if left is None else f"it answers: {left} credits"
    yield Finding(name="a2e", state="good", says=says)


def networks(studio: Studio) -> Iterator[Finding]:
    """Ask each network about each account."""
    found = accounts.tested(studio)
    if not found:
        says = "nobody is signed in: elite8 accounts login NETWORK"
        yield Finding(name="accounts", state="off", says=says)
    for account, trouble in found:
        who = f"{account.network} {account.name or account.handle}"
        yield Finding(name=who, state="bad" if trouble else "good", says=trouble or "it answers")


def chat(studio: Studio) -> Iterator[Finding]:
    """Ask Telegram who the bot is."""
    token, chats = studio.settings.telegram_token, studio.config.telegram.chats
    if token is None or not chats:
        yield Finding(name="telegram", state="off", says=notices.HOW["telegram"])
        return
    url, secret = studio.settings.telegram_webhook_url, studio.settings.telegram_webhook_secret
    if bool(url) != (secret is not None):
        says = "a webhook wants ELITE8_TELEGRAM_WEBHOOK_URL and _SECRET; set both, or none"
        yield Finding(name="telegram", state="bad", says=says)
    name = telegram.whoami(studio.settings, studio.transport)
    yield Finding(name="telegram", state="good", says=f"the bot is @{name}, for {len(chats)} chats")


def letters(studio: Studio) -> Iterator[Finding]:
    """Sign in to the mail server, over TLS unless it is this machine's own; no letter goes out."""
    settings = studio.settings
    if not settings.smtp_host:
        yield Finding(name="email", state="off", says=notices.HOW["email"])
        return
    email.greet(settings)
    who = f"lets {settings.smtp_user} in" if settings.smtp_user else "lets us in"
    notes = "" if settings.smtp_to else "; no notices go there: ELITE8_SMTP_TO is not set"
    yield Finding(name="email", state="good", says=f"{settings.smtp_host} {who}{notes}")


def friends(studio: Studio) -> Iterator[Finding]:
    """Have LINE make a token and say what the month still holds; nothing where it is not set up."""
    if not studio.settings.line_channel_id and studio.settings.line_channel_secret is None:
        return
    with line_mail.account(studio) as there:
        name, left = there.name(), there.quota().left
    many = "messages without end" if left is None else f"{left} messages are left this month"
    state: State = "bad" if left == 0 else "good"
    yield Finding(name="line", state=state, says=f"{name} answers: {many}")


def hook(studio: Studio) -> Iterator[Finding]:
    """See that the webhook's host answers; only a test really posts."""
    settings = studio.settings
    if settings.webhook_url is None or settings.webhook_secret is None:
        yield Finding(name="webhook", state="off", says=notices.HOW["webhook"])
        return
    webhook.greet(settings, studio.transport)
    says = "its host answers; elite8 monitor alerts test webhook posts"
    yield Finding(name="webhook", state="good", says=says)


def switch(studio: Studio) -> Iterator[Finding]:
    """See that the dead man's switch's host answers; only the watch tells it that all is well."""
    address = studio.config.alerts.ping_url
    if not address:
        says = "nobody notices when this machine is gone: ping_url in alert_config.json"
        yield Finding(name="ping", state="off", says=says)
        return
    webhook.ask_host(address, "the ping's", studio.transport)
    yield Finding(name="ping", state="good", says="its host answers; the watch pings it")


def page(studio: Studio) -> Iterator[Finding]:
    """Ask the page by the address that others reach it by; nothing where there is none."""
    address = studio.settings.web_url
    if not address:
        return
    if studio.settings.web_token is None:
        says = f"nothing is served at {address} without a token: set ELITE8_WEB_TOKEN"
        yield Finding(name="page", state="bad", says=says)
        return
    status = webhook.ask_host(address, "the page's", studio.transport, path="/healthz")
    there = status in PAGE_ANSWERS
    says = (
        f"{address} answers"
        if there
        else (
            f"{address}/healthz answers {status}: does your proxy lead there to ELITE8_WEB_LISTEN?"
        )
    )
    yield Finding(name="page", state="good" if there else "bad", says=says)


def provider(studio: Studio) -> Finding:
    """Ask the proxy's provider what is left."""
    try:
        found = proxy.reconcile(studio)
    except Elite8Error as trouble:
        return Finding(name="proxy", state="bad", says=str(trouble))
    off = proxy.is_off(studio, found)
    says = proxy.words_of(found) if off else f"{found.left_gb:g} GB are left"
    return Finding(name="proxy", state="bad" if off else "good", says=says)


def proxies(studio: Studio) -> Iterator[Finding]:
    """See where each region comes out, and that the provider tells what is left."""
    regions = [name for name, way in studio.config.proxy.regions.items() if way.on]
    if not studio.config.proxy.on or not regions:
        says = "it is off: everything goes directly (iproyal_config.json)"
        yield Finding(name="proxy", state="off", says=says)
        return
    if studio.settings.iproyal_token is None:
        yield Finding(name="proxy", state="off", says="no token: the provider is not asked")
    else:
        yield provider(studio)
    for one in proxy.test(studio, ""):
        state: State = "good" if one.good else "bad"
        yield Finding(name=f"proxy {one.region}", state=state, says=one.says)


def clock(_studio: Studio) -> Iterator[Finding]:
    """Compare this clock with those of who answered."""
    skew = clocks.clock_skew()
    if skew is None:
        yield Finding(name="clock", state="off", says="nobody outside was asked")
        return
    off = abs(skew.total_seconds())
    says = f"within {max(off, 2):.0f} seconds of the servers'"
    if off > CLOCK_OFF:
        says = f"{off:.0f} seconds off: timedatectl set-ntp true"
    yield Finding(name="clock", state="bad" if off > CLOCK_OFF else "good", says=says)


ASKED: dict[str, Callable[[Studio], Iterator[Finding]]] = {
    "config": config,
    "database": store,
    "modes": modes,
    "ffmpeg": film,
    "signing": signing,
    "a2e": engine,
    "accounts": networks,
    "telegram": chat,
    "email": letters,
    "line": friends,
    "webhook": hook,
    "ping": switch,
    "page": page,
    "proxy": proxies,
    "clock": clock,
}

"""What stands on buttons and what a tap does; each is bound to what was shown beside it.

A button carries a verb, a colon and what it is about, at most 64 bytes. Tapped twice, or hours
later, it does nothing that is not so any more: the answer says what is.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elite8.bot.words import Row
from elite8.core.domain.card import SHOWN, Button
from elite8.core.errors import Refused

if TYPE_CHECKING:
    from elite8.bot.commands import Hands
    from elite8.core.operations.alerts import Ringing

LONGEST_LABEL = 60
DO = "do"
"""A tap that is a command: it is carried out as if it had been written."""
OF = "#"
"""What stands before the mark of a stop: a button to resume ends that one alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """What became of a tap: words, and the buttons that stand there now; `None`: as before."""

    words: str
    rows: tuple[Row, ...] | None = None
    refused: bool = False


def do(label: str, command: str) -> Button:
    """Return a button that does what a command does."""
    return Button(label=label[:LONGEST_LABEL], data=f"{DO}:{command}")


def outdated(command: str) -> str:
    """Return why what a button once carried is not done any more, "" when it is."""
    if command.startswith("resume ") and OF not in command:
        return "This button does not say which stop it was for, so nothing was done: /resume"
    return ""


def of_doubt(about: str) -> tuple[Row, ...]:
    """Return what can be said of a post that may be out."""
    return (
        (
            Button(label="It is out", data=f"p1:{about}"),
            Button(label="Send it anew", data=f"t1:{about}"),
        ),
    )


def of_alert(one: "Ringing") -> tuple[Row, ...]:
    """Return a button that says that somebody looks after an alert; none when somebody does."""
    if one.acknowledged_by:
        return ()
    return ((Button(label="I look after it", data=f"ak:{alert_name(one)}"),),)


def alert_name(one: "Ringing") -> str:
    """Return what stands for an alert this time it rings: a rule and subject may be too long."""
    whole = f"{one.rule}\0{one.subject}\0{one.fired_at}"
    return hashlib.sha256(whole.encode()).hexdigest()[:SHOWN]


def approve(hands: "Hands", about: str) -> Tapped:
    """Let exactly what was shown go out."""
    from elite8.core.operations import decisions

    words = decisions.approve(hands.studio, about)
    label = f"✓ approved by {hands.who}"[:LONGEST_LABEL]
    reject = Button(label="Reject after all", data=f"{decisions.REJECT}:{about}")
    return Tapped(words=words, rows=((Button(label=label, data=f"is:{about}"),), (reject,)))


def reject(hands: "Hands", about: str) -> Tapped:
    """Keep exactly what was shown from going out."""
    from elite8.core.operations import decisions

    words = decisions.reject(hands.studio, about)
    label = f"✗ rejected by {hands.who}"[:LONGEST_LABEL]
    return Tapped(words=words, rows=((Button(label=label, data=f"is:{about}"),),))


def says(hands: "Hands", about: str) -> Tapped:
    """Say where a post is."""
    from elite8.core.operations import decisions

    post, _ = decisions.found(hands.studio, about)
    return Tapped(words=decisions.standing(hands.studio, post))


def ask_out(hands: "Hands", about: str) -> Tapped:
    """Ask once more before a post is taken to be out."""
    return ask(hands, about, "p2", "Yes, I saw it there")


def ask_anew(hands: "Hands", about: str) -> Tapped:
    """Ask once more before a post is sent anew."""
    return ask(hands, about, "t2", "Yes, it is not there: send it")


def ask(hands: "Hands", about: str, verb: str, label: str) -> Tapped:
    """Return the second question."""
    from elite8.core.operations import decisions

    decisions.doubtful(hands.studio, about)
    yes, no = Button(label=label, data=f"{verb}:{about}"), Button(label="No", data=f"no:{about}")
    return Tapped(words="Sure? Tap once more.", rows=((yes,), (no,)))


def back(_hands: "Hands", about: str) -> Tapped:
    """Put the first question there again."""
    return Tapped(words="nothing was changed", rows=of_doubt(about))


def is_out(hands: "Hands", about: str) -> Tapped:
    """Record that a post is out."""
    return resolved(hands, about, "published")


def is_not_out(hands: "Hands", about: str) -> Tapped:
    """Have a post sent anew, as it is not out."""
    return resolved(hands, about, "retry")


def resolved(hands: "Hands", about: str, verdict: str) -> Tapped:
    """Record what somebody saw."""
    from elite8.core.operations import decisions

    words = decisions.resolve(hands.studio, about, verdict)
    label = f"✓ {'out' if verdict == 'published' else 'sent anew'}, says {hands.who}"
    return Tapped(words=words, rows=((Button(label=label[:LONGEST_LABEL], data=f"is:{about}"),),))


def acknowledge(hands: "Hands", name: str) -> Tapped:
    """Say that somebody looks after an alert."""
    from elite8.core.operations import alerts

    found = [one for one in alerts.ringing(hands.studio) if alert_name(one) == name]
    if not found:
        raise Refused("this does not ring any more, or there is more of it since: /alerts")
    one = found[0]
    if one.acknowledged_by:
        return Tapped(words=f"{one.acknowledged_by} looks after it", rows=())
    alerts.acknowledge(hands.studio, one.rule, one.subject, hands.who)
    return Tapped(words=f"{hands.who} looks after {one.rule}", rows=())


VERBS: Mapping[str, Callable[["Hands", str], Tapped]] = {
    "ap": approve,
    "rj": reject,
    "is": says,
    "p1": ask_out,
    "t1": ask_anew,
    "p2": is_out,
    "t2": is_not_out,
    "no": back,
    "ak": acknowledge,
}
"""What a tap does, but for a command."""

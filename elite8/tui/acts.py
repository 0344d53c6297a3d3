"""What can be done, as data: the key, when it works, what will happen, the same as a command."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from elite8.tui import doing, said
from elite8.tui.things import Kind, Thing

if TYPE_CHECKING:
    from elite8.core.operations.scene import Scene
    from elite8.core.studio import Studio

Answers = Mapping[str, str]
Means = Literal["operation", "child"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question of a form: a text, or a choice when `among` says of what."""

    name: str
    label: str
    default: str = ""
    hint: str = ""
    among: "Callable[[Scene], Sequence[tuple[str, str]]] | None" = None
    needs: tuple[str, str] | None = None
    """Asked only while another answer is this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing an operator does. `{id}`, `{name}`, … and answers are filled in where it is said.

    `does` calls the operation that the command calls, and returns what came of it. `dry` says what
    would come of it; without one the operation itself is tried in a transaction that is taken back.
    `at_once` waits for nobody: a stop key has no grace. `undoes` is what takes back what was done.
    """

    id: str
    key: str
    label: str
    says: str
    command: str
    kind: Kind | None = None
    states: tuple[str, ...] = ()
    does: "Callable[[Studio, Thing, Answers], str | doing.Done] | None" = None
    dry: "Callable[[Studio, Thing, Answers], str] | None" = None
    asks: tuple[Ask, ...] = ()
    means: Means = "operation"
    outward: bool = False
    at_once: bool = False
    undoes: str = ""

    def why_not(self, thing: Thing | None) -> str:
        """Return why it cannot be done about this, "" when it can."""
        if self.kind is None:
            return ""
        if thing is None or thing.kind != self.kind:
            return f"mark {'an' if self.kind == 'alert' else 'a'} {self.kind} first"
        if self.states and thing.status not in self.states:
            wanted = [one for one in self.states if one != "needs approval"]
            return f"it is {thing.status}; this works when it is {' or '.join(wanted)}"
        return ""

    def told(self, thing: Thing | None, answers: Answers) -> str:
        """Return what will happen, in a sentence."""
        return self.says.format_map(written(facts(thing, answers)))

    def as_command(self, thing: Thing | None, answers: Answers) -> str:
        """Return the command that does the same; what was left empty is left out."""
        words, known = [], facts(thing, answers)
        for part in self.command.split():
            if part.startswith("[") and part.endswith("]"):
                option, _, name = part[1:-1].partition("=")
                value = known[name]
                words += [option, shlex.quote(value)] if value else []
            else:
                words.append(part.format_map(known))
        return " ".join(word for word in words if word)


class Facts(dict[str, str]):
    """What is filled into sentences; what is not there is left out."""

    def __missing__(self, name: str) -> str:
        """Return nothing."""
        return ""


def facts(thing: Thing | None, answers: Answers) -> Facts:
    """Return what may be said of a thing and the answers of a form."""
    known = Facts({name: value for name, value in answers.items() if value})
    if thing is not None:
        known |= {name: getattr(thing, name) for name in ("name", "character", "network", "title")}
        known |= {"id": thing.short, "video": thing.video[:14], "rule": thing.id}
        known |= {"subject": thing.subject}
        known |= {"shown": thing.shown if thing.status == "needs approval" else ""}
        known |= {"file": thing.file, "status": thing.status}
    scope = known.get("scope", "all")
    value = known.get(scope, "")
    known["what"] = "everything" if scope == "all" else f"{scope} {value or '…'}"
    known["flag"] = "" if scope == "all" else f"--{scope} {shlex.quote(value)}"
    return known


def written(known: Facts) -> Facts:
    """Return facts as sentences have them: networks as people write them."""
    for name in ("network", "to"):
        known[name] = ", ".join(said.network(one.strip()) for one in known[name].split(","))
    if known["scope"] == "network":
        known["what"] = f"network {known['network'] or '…'}"
    return known


def performers(scene: "Scene") -> list[tuple[str, str]]:
    """Return the performers to choose from."""
    return [(one.id, one.name.split(" ")[0]) for one in scene.board.performers]


def choices(*names: str) -> "Callable[[Scene], Sequence[tuple[str, str]]]":
    """Return a choice that is always the same."""
    return lambda _: [(name, name) for name in names]


def languages(_: "Scene") -> list[tuple[str, str]]:
    """Return the languages to choose from; none is the performer's first."""
    return [("", "their own"), *((name, name) for name in ("en", "ja", "pt", "de", "es"))]


def stages(_: "Scene") -> list[tuple[str, str]]:
    """Return the stages of the funnel to choose from; none is for nobody in particular."""
    from elite8.core.domain.funnel import STAGES

    return [("", "none"), *((name, name) for name in STAGES)]


def and_stopped(ask: Ask) -> Ask:
    """Return a question that offers what is stopped as well, also what the config knows no more."""

    def among(scene: "Scene") -> list[tuple[str, str]]:
        known = list(ask.among(scene)) if ask.among else []
        parts = [one.partition(" ") for one in scene.board.stopped]
        gone = [name for scope, _, name in parts if scope == ask.name and name not in dict(known)]
        return [*known, *((name, name) for name in gone)]

    return replace(ask, among=among) if ask.among else ask


SCOPE = Ask(
    name="scope",
    label="What",
    default="all",
    among=lambda _: [(name, "everything" if name == "all" else name) for name in doing.SCOPES],
)
VALUES = (
    Ask(name="character", label="Who", among=performers, needs=("scope", "character")),
    Ask(
        name="network",
        label="Where",
        among=lambda scene: [(one.id, said.network(one.id)) for one in scene.board.networks],
        needs=("scope", "network"),
    ),
    Ask(name="region", label="Region", hint="two letters, DE", needs=("scope", "region")),
)

ACTS: tuple[Act, ...] = (
    Act(
        id="approve",
        key="a",
        label="Approve",
        kind="post",
        states=("needs approval", "waiting", "refused", "uncertain"),
        says="Exactly these bytes and words of {name} may go out when they are due.",
        command="elite8 publish approve {id} [--shown=shown]",
        does=doing.approve,
    ),
    Act(
        id="reject",
        key="x",
        label="Reject",
        kind="post",
        states=("needs approval", "waiting", "refused"),
        says="{name} does not go out; approve or retry brings it back.",
        command="elite8 publish reject {id} [--reason=reason]",
        does=doing.reject,
        asks=(Ask(name="reason", label="Why", hint="kept in its story"),),
    ),
    Act(
        id="publish",
        key="p",
        label="Publish now",
        kind="post",
        states=("waiting",),
        says="{name} goes out to {network} now, once; that cannot be taken back.",
        command="elite8 publish {video} --to {network} --in 0s",
        does=doing.publish,
        dry=doing.publish_dry,
        outward=True,
    ),
    Act(
        id="send",
        key="p",
        label="Publish",
        kind="film",
        states=("finished",),
        says="{name} is ordered for {to}; what is due goes out now.",
        command="elite8 publish {id} --to {to} --in 0s",
        does=doing.send,
        dry=doing.send_dry,
        asks=(Ask(name="to", label="Where", default="outbox", hint="outbox,tiktok,x"),),
        outward=True,
    ),
    Act(
        id="cancel",
        key="c",
        label="Cancel",
        kind="post",
        states=("needs approval", "waiting"),
        says="{name} does not go out; retry brings it back.",
        command="elite8 publish cancel {id}",
        does=doing.cancel,
    ),
    Act(
        id="retry",
        key="r",
        label="Retry",
        kind="post",
        states=("refused",),
        says="{name} is due again at once; where it may be out, {network} is asked first.",
        command="elite8 publish retry {id}",
        does=doing.retry,
        outward=True,
    ),
    Act(
        id="resolve",
        key="v",
        label="Resolve",
        kind="post",
        states=("uncertain",),
        says="You looked at {network}: {name} is recorded as you saw it ({verdict}).",
        command="elite8 publish resolve {id} {verdict} [--url=url]",
        does=doing.resolve,
        asks=(
            Ask(
                name="verdict",
                label="You saw",
                default="published",
                among=lambda _: [("published", "it is out"), ("retry", "it is not out")],
            ),
            Ask(name="url", label="Where", hint="https://…", needs=("verdict", "published")),
        ),
        outward=True,
    ),
    Act(
        id="move",
        key="m",
        label="Move",
        kind="post",
        states=("needs approval", "waiting"),
        says="{name} goes out at {at} instead; planning leaves it there.",
        command="elite8 schedule move {id} [--at=at] [--zone=zone]",
        does=doing.move,
        asks=(Ask(name="at", label="When", hint="18:30 or 2026-12-01 18:30, your zone"),),
    ),
    Act(
        id="drop",
        key="d",
        label="Drop",
        kind="post",
        states=("needs approval", "waiting"),
        says="{name} is taken out of the calendar; planning does not bring it back.",
        command="elite8 schedule drop {id}",
        does=doing.drop,
    ),
    Act(
        id="acknowledge",
        key="k",
        label="Acknowledge",
        kind="alert",
        states=("firing", "pending"),
        says="You look after {name}; it stays until it is over.",
        command="elite8 monitor alerts ack {rule} [--about=subject]",
        does=doing.acknowledge,
    ),
    Act(
        id="silence",
        key="s",
        label="Silence",
        kind="alert",
        says="Nobody is told of {name} for {for}; it is still listed.",
        command="elite8 monitor alerts silence {rule} [--for=for] [--about=subject] [--why=why]",
        does=doing.silence,
        asks=(
            Ask(name="for", label="How long", default="8h", hint="90m, 8h, 2d"),
            Ask(name="why", label="Why", hint="a word for whoever asks later"),
        ),
    ),
    Act(
        id="pause",
        key="P",
        label="Pause",
        says="{what} stops: nothing of it goes out until you go on. It works at once.",
        command="elite8 publish pause {flag} [--reason=reason]",
        does=doing.pause,
        asks=(SCOPE, *VALUES, Ask(name="reason", label="Why", hint="shown to whoever wonders")),
        at_once=True,
        undoes="resume",
    ),
    Act(
        id="resume",
        key="C",
        label="Go on",
        says="{what} goes on; what was missed: {policy}.",
        command="elite8 publish resume {flag} [--policy=policy]",
        does=doing.resume,
        asks=(
            SCOPE,
            *map(and_stopped, VALUES),
            Ask(
                name="policy",
                label="Missed",
                default="spread",
                among=lambda _: [("spread", "one after the other"), ("skip", "not sent")],
            ),
        ),
        outward=True,
    ),
    Act(
        id="generate",
        key="g",
        label="Generate",
        says="A video of {character} is made now; it is sent nowhere by this.",
        command="elite8 generate --character {character} [--topic=topic] [--duration=seconds] "
        "[--language=language] [--engine=engine] [--stage=stage]",
        means="child",
        asks=(
            Ask(name="character", label="Who", among=performers),
            Ask(name="topic", label="About", hint="left empty: as they like"),
            Ask(name="seconds", label="Seconds", hint="3 to 180; empty: as config says"),
            Ask(name="language", label="Language", among=languages),
            Ask(
                name="engine", label="Engine", default="auto", among=choices("auto", "local", "a2e")
            ),
            Ask(name="stage", label="For stage", among=stages),
        ),
    ),
    Act(
        id="rehearse",
        key="R",
        label="Rehearse",
        says="The next {days} days are played on simulated networks; nothing is sent or spent.",
        command="elite8 schedule rehearse [--days=days] [--faults=faults]",
        means="child",
        asks=(
            Ask(name="days", label="Days", default="7", hint="1 to 400"),
            Ask(
                name="faults",
                label="Weather",
                default="typical",
                among=choices("none", "typical", "storm"),
            ),
        ),
    ),
)
BY_ID = {one.id: one for one in ACTS}


def of_key(key: str, thing: Thing | None) -> Act | None:
    """Return the act of a key for this thing; of several the one that fits, else the first."""
    found = [one for one in ACTS if one.key == key]
    fits = [one for one in found if one.kind is None or (thing and one.kind == thing.kind)]
    return next(iter(fits or found), None)

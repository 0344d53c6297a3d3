"""Videos ordered from A2E: send, wait, collect, decide; and the voices and avatars there."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.errors import Elite8Error
    from elite8.core.operations.brief import Planned
    from elite8.core.operations.generate import VideoMade
    from elite8.core.operations.looked import Looked
    from elite8.core.studio import Studio

PATIENCE = 3
"""Looks in a row that may go wrong before we stop waiting; the task stays ours."""

Show = Callable[[str, float], None]


def film_there(
    studio: "Studio",
    planned: Sequence["Planned"],
    made: list["VideoMade"],
    problems: list["Elite8Error"],
    *,
    wait: bool,
) -> list["Planned"]:
    """Order what is for A2E and wait for it; return what is to be filmed here instead."""
    waiting = [one for one in planned if one.engine == "a2e"]
    if not waiting:
        return []
    queue = Queue(studio, waiting, made, problems)
    with output.progress("a2e") as show:
        queue.order(show)
        while queue.is_busy(wait=wait):
            time.sleep(studio.config.tariff.limits.poll_seconds)
            queue.collect(show)
            queue.order(show)
    queue.say_what_waits()
    for video in queue.ordered:
        output.say(f"video {output.short(video)} is ordered; 'elite8 generate collect' fetches it")
    return queue.fallen_back


class Queue:
    """Videos on their way through A2E, as many at once as its limits allow."""

    def __init__(
        self,
        studio: "Studio",
        waiting: Sequence["Planned"],
        made: list["VideoMade"],
        problems: list["Elite8Error"],
    ) -> None:
        self.studio = studio
        self.waiting = list(waiting)
        self.is_full = False
        self.ordered: list[str] = []
        self.fallen_back: list[Planned] = []
        self._made = made
        self._problems = problems
        self._troubles: Counter[str] = Counter()
        self._asked: set[str] = set()

    def is_busy(self, *, wait: bool) -> bool:
        """Return whether there is anything to wait for; an avatar has to be there to order at all.

        Room is waited for only by who waits for the videos as well.
        """
        return bool(self.waiting and (wait or not self.is_full)) or (wait and bool(self.ordered))

    def say_what_waits(self) -> None:
        """Count what found no room among the problems."""
        from elite8.core.errors import Unavailable

        for one in self.waiting:
            self._problems.append(
                Unavailable(
                    f"nothing was ordered for {one.character}: A2E has as many tasks of ours as "
                    "it takes at once; run it again later"
                )
            )

    def order(self, show: Show) -> None:
        """Order as many as there is room for; an avatar that is being made is waited for."""
        from elite8.core.errors import Elite8Error, OutOfCredits
        from elite8.core.operations import commission

        for one in tuple(self.waiting):
            self.is_full = not commission.room(self.studio)
            if self.is_full:
                return
            try:
                asked = one.character in self._asked
                character = self.studio.config.roster.named(one.character)
                who = commission.avatar(self.studio, character, asked=asked)
                if who is None:
                    self._asked.add(one.character)
                    show(f"making {one.character}'s avatar", 0.01)
                    continue
                self.ordered.append(commission.order(self.studio, one, who, show).video)
            except OutOfCredits as short:
                self._short(one, short)
            except Elite8Error as trouble:
                self._problems.append(trouble)
            self.waiting.remove(one)

    def collect(self, show: Show) -> None:
        """Look once at all that is under way, here or by another process."""
        from elite8.core.operations import collect

        looked = collect.look(self.studio, show, only=self.ordered)
        here = {found.video_id for found in looked}
        away = [video for video in self.ordered if video not in here]
        for found in (*looked, *collect.standings(self.studio, away)):
            if found.video_id in self.ordered:
                self._seen(found, show)
            elif found.family == "avatar" and found.error:
                self._no_avatar(found)
            else:
                self._troubles.pop(found.job, None)

    def _seen(self, found: "Looked", show: Show) -> None:
        if found.made:
            self._made.append(found.made)
        if found.error:
            self._troubles[found.video_id] += 1
            if found.state != "failed" and self._troubles[found.video_id] < PATIENCE:
                return
            self._problems.append(found.error)
        if found.made or found.error or found.state == "uncertain":
            self.ordered.remove(found.video_id)
        else:
            self._troubles.pop(found.video_id, None)
            show(found.message or found.word or found.state, 0.05 + 0.55 * found.share)

    def _short(self, one: "Planned", short: "Elite8Error") -> None:
        if one.may_fall_back:
            output.say(f"note: {short}; {one.character} is filmed on this machine instead")
            self.fallen_back.append(replace(one, engine="local"))
        else:
            self._problems.append(short)

    def _no_avatar(self, found: "Looked") -> None:
        """Stop waiting for an avatar that failed, or whose looks went wrong often enough."""
        self._troubles[found.job] += 1
        if found.state == "running" and self._troubles[found.job] < PATIENCE:
            return
        if found.error and any(one.character == found.character for one in self.waiting):
            self._problems.append(found.error)
        self.waiting = [one for one in self.waiting if one.character != found.character]


def collect(
    *,
    wait: Annotated[bool, typer.Option(help="Until all are done.")] = False,
    json: Json = False,
) -> None:
    """Look at what was ordered from A2E: fetch what is done, find what was lost."""
    from elite8.core.studio import open_studio

    studio = open_studio()
    with output.progress("a2e") as show:
        latest = looked_at(studio, show, wait=wait)
    rows = [
        (output.short(one.video_id or one.job), one.character, one.family, one.state, one.message)
        for one in latest.values()
    ]
    problems = [one.error for one in latest.values() if one.error]
    output.answer(
        "generate collect",
        list(latest.values()),
        as_json=json,
        table=lambda: (
            output.table(("video", "character", "what", "state", ""), rows)
            if rows
            else "nothing is under way at A2E"
        ),
        problems=[output.Problem(code=p.code, message=str(p)) for p in problems],
        status="partial" if problems else None,
    )
    if problems:
        raise typer.Exit(max(p.exit_code for p in problems))


def looked_at(studio: "Studio", show: Show, *, wait: bool) -> "dict[str, Looked]":
    """Return what was last found of each job, by its id; with `wait`, look until all are done."""
    from elite8.core.operations import collect as operation

    latest: dict[str, Looked] = {}
    troubled = 0
    while True:
        found = operation.survey(studio, show)
        latest |= {one.job: one for one in found}
        waiting = [one for one in found if one.state in {"running", "lost"}]
        troubled = troubled + 1 if all(one.error for one in waiting) else 0
        if not (wait and waiting) or troubled == PATIENCE:
            break
        time.sleep(studio.config.tariff.limits.poll_seconds)
    here = {one.job for one in found}
    for job, one in latest.items():
        if job not in here and one.state in {"running", "lost"}:
            latest[job] = operation.standing(studio, job)
    return latest


def portrait(
    character: Annotated[str, typer.Argument(metavar="CHARACTER", help="Who, as config says.")],
    *,
    json: Json = False,
) -> None:
    """Have A2E paint a performer from their appearance; the picture can become their `image`."""
    from elite8.core.operations import collect as operation
    from elite8.core.operations import commission
    from elite8.core.studio import open_studio

    studio = open_studio()
    job = commission.order_portrait(studio, studio.config.roster.named(character))
    troubled = 0
    with output.progress(f"{character}: portrait") as show:
        while True:
            looked = operation.look(studio, show, only=())
            found = operation.standing(studio, job.id)
            errors = [one.error for one in looked if one.error and one.job == found.job]
            troubled = troubled + 1 if errors else 0
            if found.state not in {"running", "lost"} or troubled == PATIENCE:
                break
            time.sleep(studio.config.tariff.limits.poll_seconds)
    if error := found.error or (errors[0] if found.state == "running" and troubled else None):
        raise error
    output.answer("generate portrait", found, as_json=json, table=lambda: found.message)


def settle(
    job: Annotated[str, typer.Argument(metavar="JOB", help="As 'elite8 credits' lists it.")],
    *,
    task: Annotated[str, typer.Option(help="It is this task at A2E.")] = "",
    absent: Annotated[bool, typer.Option("--absent", help="There is no such task.")] = False,
    json: Json = False,
) -> None:
    """Decide about an order whose outcome could not be found out."""
    from elite8.core.errors import ConfigError
    from elite8.core.operations import recover
    from elite8.core.studio import open_studio

    if bool(task) == absent:
        raise ConfigError("say --task ID when A2E shows it, or --absent when it does not")
    decided = recover.decide(open_studio(), job, task)
    output.answer(
        "generate settle",
        {"job": decided.id, "status": decided.status, "task": decided.task_id},
        as_json=json,
        table=lambda: (
            f"task {task} is ours; 'elite8 generate collect' fetches it"
            if task
            else "closed; 'elite8 credits' shows what it cost"
        ),
    )


def voices(
    *,
    language: Annotated[str, typer.Option("--language", "-l", help="en, ja, pt, de or es.")] = "en",
    json: Json = False,
) -> None:
    """List A2E's voices for a language; put an id into a2e.voice_ids of a character."""
    from elite8.core.operations import remote
    from elite8.core.studio import open_studio

    found = remote.voices(open_studio(), language)
    rows = [(one.id, one.group, one.name) for one in found]
    output.answer(
        "generate voices",
        found,
        as_json=json,
        table=lambda: output.table(("voice", "gender", "name"), rows),
    )


def avatars(*, json: Json = False) -> None:
    """List the talking avatars of the A2E account; put an id into a2e.avatar_id of a character."""
    from elite8.core.operations import remote
    from elite8.core.studio import open_studio

    found = remote.avatars(open_studio())
    rows = [(one.id, one.kind, one.character or one.name) for one in found]
    output.answer(
        "generate avatars",
        found,
        as_json=json,
        table=lambda: output.table(("avatar", "type", "who"), rows),
    )


def add_to(app: typer.Typer) -> None:
    """Put these commands under `generate`."""
    for command in (collect, settle, portrait, voices, avatars):
        app.command()(command)

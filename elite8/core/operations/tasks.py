"""What the daemon, cron or a person has done again and again, each task by its name."""

from collections.abc import Callable, Mapping

from elite8.core import log, scratch
from elite8.core.domain import shard as shards
from elite8.core.domain.cron import OFF
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.errors import ConfigError, in_words
from elite8.core.operations.chores import (
    can_mail,
    counted,
    half_done,
    has_letters,
    has_mail,
    has_outlook,
    has_subscribers,
    mail,
    outlook,
    privacy,
    scores,
)
from elite8.core.operations.rounds import has_posts, measure, publish
from elite8.core.operations.task import Ran, Task
from elite8.core.studio import Studio


def credit(studio: Studio) -> str:
    """Ask A2E for the balance; without a key there is nothing to ask."""
    if not has_key(studio):
        return ""
    from elite8.core.operations import credits as purse
    from elite8.core.operations import news

    found = purse.overview(studio, ask=True)
    for note in found.notes:
        log.get().warning("credits.note", message=note)
    news.credits_end(studio)
    reported = "not known" if found.reported is None else found.reported
    return f"{found.free} credits are free, A2E reports {reported}"


def traffic(studio: Studio) -> str:
    """Ask the proxy's provider what is left; without a token, or with it off, nobody is asked."""
    if studio.settings.iproyal_token is None or not studio.config.proxy.on:
        return ""
    from elite8.core.operations import proxy

    return f"{proxy.reconcile(studio).left_gb:g} GB of the proxy are left"


def refresh(studio: Studio) -> str:
    """Renew the sign-ins that end soon."""
    from elite8.core.storage import accounts

    with studio.database.transaction() as session:
        if not accounts.every(session):
            return ""
    from elite8.core.operations.renewal import keep_fresh

    found = [one for one in keep_fresh(studio) if one.outcome != "good"]
    for one in found:
        if one.why:
            log.get().warning("account.stale", code=one.code, message=one.why)
    return counted("accounts", (one.outcome for one in found))


def plan(studio: Studio) -> str:
    """Put what is missing into the calendar, once anybody is signed in."""
    if not can_plan(studio):
        return ""
    from elite8.core.operations import plan as planning

    found = planning.plan(studio, days=studio.config.calendar.plan_days)
    fresh = sum(change.what == "new" for change in found.changes)
    waiting = sum(not change.done for change in found.changes)
    if waiting or found.notes:
        log.get().info("plan.differs", would_change=waiting, notes=list(found.notes))
    return f"{fresh} posts of {found.videos} videos are planned" if fresh else ""


def can_plan(studio: Studio) -> bool:
    """Return whether there is anywhere to post to."""
    from elite8.core.storage import accounts

    boxed = any("outbox" in slot.networks for slot in studio.config.calendar.slots)
    with studio.database.transaction() as session:
        return boxed or bool(accounts.every(session))


def generate(studio: Studio, shard: Shard = WHOLE) -> str:
    """Make the planned videos whose time comes near."""
    if not has_to_make(studio, shard):
        return ""
    from elite8.core.operations import produce

    found = produce.make_due(studio, shard=shard)
    for one in found:
        if one.state == "failed":
            log.get().warning("video.trouble", video=one.video, message=one.message)
    return counted("videos", (one.state for one in found))


def has_to_make(studio: Studio, shard: Shard = WHOLE) -> bool:
    """Return whether a planned video is to be made now, or one lost its maker."""
    from elite8.core.operations.holder import is_dead
    from elite8.core.storage import calendar, videos

    now, begins = studio.clock(), studio.config.calendar.begins()
    with studio.database.transaction() as session:
        found = videos.abandoned(session, now=studio.shared_now(), is_dead=is_dead)
        found += calendar.to_make(session, now, begins)
        return any(shard.holds(video.id) for video in found)


def has_key(studio: Studio) -> bool:
    """Return whether A2E hears this machine."""
    return studio.settings.a2e_api_key is not None


def collect(studio: Studio) -> str:
    """Look after what was ordered from A2E, if anything was."""
    from elite8.core.storage import jobs

    if not has_key(studio):
        return ""
    with studio.database.transaction() as session:
        if not jobs.in_work(session):
            return ""
    from elite8.core.operations import collect as ordered

    found = ordered.look(studio, lambda _step, _share: None)
    return counted("jobs", (one.state for one in found))


def watch(studio: Studio) -> str:
    """Collect the metrics, see what rings, send what is to be told."""
    from elite8.core.operations import alerts, news, notices
    from elite8.core.operations import watch as watching

    values = watching.collect(studio)
    watching.keep(studio, values)
    turns = alerts.evaluate(studio, values)
    try:
        news.gather(studio)
    finally:  # what rings is told, also that this very task fails
        sent = notices.deliver(studio)
        watching.ping(studio)
    if has_a_past(studio):
        from elite8.core.operations import snapshots

        snapshots.attempt(studio)
    told = counted("notices", ("unsent" if one.why else "sent" for one in sent))
    return "; ".join(filter(None, (counted("alerts", (turn.what for turn in turns)), told)))


def has_a_past(studio: Studio) -> bool:
    """Return whether any video was ever planned: before that there is nothing to look back at."""
    from elite8.core.storage import figures

    with studio.database.transaction() as session:
        return figures.first_video(session) is not None


def report(studio: Studio) -> str:
    """Write down the day that is over, and clear away what is old."""
    from elite8.core.operations import reports
    from elite8.core.operations import watch as watching

    made = reports.write_missing(studio)
    went = watching.roll_up(studio)
    reports.forget(studio)
    scratch.sweep(half_done(studio))
    if has_a_past(studio):
        from elite8.core.operations import snapshots

        snapshots.forget(studio)
    return f"{made} reports written, {went} old values merged" if made or went else ""


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task(name="credits", cron="0 * * * *", help="Ask A2E what is left.", run=credit),
        Task(name="traffic", cron="37 * * * *", help="Ask the proxy's provider.", run=traffic),
        Task(name="refresh", cron="17 * * * *", help="Renew sign-ins.", run=refresh),
        Task(name="plan", cron="2 * * * *", help="Fill the calendar.", run=plan, wanted=can_plan),
        Task(
            name="generate",
            cron="*/5 * * * *",
            help="Make planned videos.",
            run=generate,
            wanted=has_to_make,
            spread=3,  # a worker does four parts at once: films leave one for posts
        ),
        Task(
            name="collect",
            cron="*/5 * * * *",
            help="Fetch what A2E has made.",
            run=collect,
            spread=1,  # one at a time: A2E counts our calls
            able=has_key,
        ),
        Task(
            name="publish",
            cron="*/5 * * * *",
            help="Send what is due.",
            run=publish,
            wanted=has_posts,
            spread=8,
            stays=True,
        ),
        Task(
            name="mail",
            cron="*/5 * * * *",
            help="Go on with messages.",
            run=mail,
            wanted=has_mail,
            spread=1,
            able=can_mail,
            here=has_letters,
        ),
        Task(
            name="scores",
            cron="41 3 * * *",
            help="Score subscribers.",
            run=scores,
            wanted=has_subscribers,
            spread=8,  # as many parts as people are in
        ),
        Task(
            name="outlook",
            cron="51 * * * *",
            help="Work out who may leave.",
            run=outlook,
            wanted=has_outlook,
            spread=1,
        ),
        Task(
            name="measure",
            cron="*/15 * * * *",
            help="Read posts, and who follows.",
            run=measure,
            spread=1,  # networks tell of many posts in one call
        ),
        Task(name="privacy", cron="41 3 * * *", help="Purge what is too old.", run=privacy),
        Task(name="report", cron="5 * * * *", help="Write down days that are over.", run=report),
        Task(name="watch", cron="* * * * *", help="Measure, and tell what rings.", run=watch),
    )
}
"""Every task, in the order in which one run of all of them goes."""


def timetable(studio: Studio) -> dict[str, str]:
    """Return when each task is due, a cron expression in UTC; what is off is not there."""
    asked = studio.config.calendar.tasks
    if stranger := next((name for name in asked if name not in TASKS), ""):
        where = studio.config.folder / "scheduler_config.json"
        raise ConfigError(f"{where}: tasks.{stranger}: no such task; choose {', '.join(TASKS)}")
    whole = {name: asked.get(name, task.cron) for name, task in TASKS.items()}
    return {name: cron for name, cron in whole.items() if cron != OFF}


def named(name: str) -> Task:
    """Return the task; one that is not there is a ConfigError."""
    if name not in TASKS:
        raise ConfigError(f"no task '{name[:40]}'; choose {', '.join(TASKS)}")
    return TASKS[name]


def part_of(task: Task, words: str) -> Shard:
    """Return the part written as 3/8, the whole for ""; ConfigError where a task has no parts."""
    found = shards.parsed(words) if words else WHOLE
    if found != WHOLE and task.spread <= 1:
        raise ConfigError(f"{task.name} is done as a whole; leave out --shard")
    return found


def run_all(studio: Studio) -> tuple[Ran, ...]:
    """Run every task that is not off, once; one's trouble touches no other."""
    return tuple(ran(studio, TASKS[name]) for name in TASKS if name in timetable(studio))


def ran(studio: Studio, task: Task) -> Ran:
    """Run one task; a fault is told with its trace in the log."""
    try:
        return Ran(task=task.name, did=marked(studio, task.name, task.run))
    except Exception as trouble:  # noqa: BLE001  # it touches no other task
        return failed(task.name, trouble)


def marked(studio: Studio, name: str, run: Callable[[Studio], str], part: Shard = WHOLE) -> str:
    """Run a task and note when it, or a part of it, began and ended, and how: health goes by it."""
    from elite8.core.storage import ticks

    with studio.database.transaction() as session:
        ticks.began(session, name, studio.clock())
    try:
        did = run(studio)
    except Exception as trouble:
        note_end(studio, name, in_words(trouble), part)
        raise
    note_end(studio, name, "", part)
    return did


def note_end(studio: Studio, name: str, failure: str, part: Shard = WHOLE) -> None:
    """Note that a task ended; a store that does not answer then is told, and hides nothing."""
    from elite8.core.storage import ticks

    try:
        with studio.database.transaction() as session:
            ticks.ended(session, name, studio.clock(), failure, "" if part == WHOLE else str(part))
    except Exception as trouble:  # noqa: BLE001  # the task's own trouble is the news
        failed(name, trouble)


def failed(name: str, trouble: Exception) -> Ran:
    """Return and log that a task failed."""
    log.get().error("task.failed", task=name, message=in_words(trouble), exc_info=trouble)
    return Ran(task=name, did="", failure=in_words(trouble))

"""What can be asked by chat: each command calls the operation its command line has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from elite8.bot import buttons, show
from elite8.bot.words import Line, Row, Said, bold, plain, said
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.domain.attempt import Stop
    from elite8.core.studio import Studio

FEWEST_YEAR, MOST_YEAR = 2000, 2100
DAYS = 7
MOST_DAYS = 30
MOST_SHOWN = 5
"""Cards, doubts or alerts that come at once; the next call shows the next ones."""
MOST_NAMED = 8
GREETING = "This is elite8. What is asked here is done by the same means as on the command line."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the chat works with: the studio, who asks, and what only the daemon can do.

    `apart` runs our own command in another process and returns its data.
    """

    studio: "Studio"
    who: str
    restart: Callable[[], str]
    apart: Callable[[Sequence[str]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what it does, in words for the menu; a `slow` one holds up no other."""

    help: str
    does: Callable[[Hands, str], "Said | Sequence[Said]"]
    slow: bool = False


def start(hands: Hands, argument: str) -> Said:
    """Greet, and say what there is."""
    return Said(lines=[Line(GREETING), Line(""), *helped(hands, argument).lines])


def helped(_hands: Hands, _argument: str) -> Said:
    """Say what there is."""
    lines = [Line(f"/{name} – {one.help}") for name, one in COMMANDS.items()]  # noqa: RUF001  # a dash
    return Said(
        lines=[*lines, Line(""), Line("/pause miyuki, /pause youtube, /pause US stop that")]
    )


def status(hands: Hands, _argument: str) -> Said:
    """Say how it goes."""
    from elite8.core.operations import decisions, stops
    from elite8.core.operations.overview import overview

    studio = hands.studio
    asked, zone = len(decisions.unapproved(studio)), studio.settings.zone
    return Said(lines=show.status(overview(studio), stops.listed(studio), asked, zone))


def credits_left(hands: Hands, _argument: str) -> Said:
    """Say what may be spent, and when it ends; A2E is asked."""
    from elite8.core.operations import credits as purse
    from elite8.core.operations import forecast, news

    studio = hands.studio
    found = purse.overview(studio, ask=True)
    try:
        ends = forecast.forecast(studio, videos_a_day=None, seconds=news.USUAL)
    except ConfigError:
        ends = None
    return Said(lines=show.purse(found, ends, studio.settings.zone))


def daily(hands: Hands, argument: str) -> Said:
    """Tell a day in figures."""
    from elite8.core.operations import reports

    day = day_of(hands.studio, argument)
    before = buttons.do("the day before", f"daily {day - timedelta(days=1)}")
    return Said(lines=show.period(reports.period(hands.studio, "daily", day)), rows=((before,),))


def weekly(hands: Hands, argument: str) -> Said:
    """Tell a week in figures."""
    from elite8.core.operations import reports

    day = day_of(hands.studio, argument)
    monday = day - timedelta(days=day.weekday())
    before = buttons.do("the week before", f"weekly {monday - timedelta(days=7)}")
    lines = show.period(reports.period(hands.studio, "weekly", monday))
    return Said(lines=lines, rows=((before,),))


def character(hands: Hands, argument: str) -> Said:
    """Tell how a performer did."""
    names = [one.id for one in hands.studio.config.roster.characters]
    if not argument:
        return said("Whom?", *choose("character", names))
    return by_day(hands, "characters", hands.studio.config.roster.named(argument.lower()).id)


def platform(hands: Hands, argument: str) -> Said:
    """Tell how a network did."""
    from elite8.core.operations.figures import NETWORKS

    if not argument:
        return said("Which one?", *choose("platform", NETWORKS))
    if argument.lower() not in NETWORKS:
        raise ConfigError(f"no network '{argument[:20]}'; choose {', '.join(NETWORKS)}")
    return by_day(hands, "networks", argument.lower())


def choose(command: str, names: Sequence[str]) -> list[Row]:
    """Return a button for each name, two in a row."""
    keys = [buttons.do(name, f"{command} {name}") for name in names]
    return [tuple(keys[at : at + 2]) for at in range(0, len(keys), 2)]


def by_day(hands: Hands, kind: str, name: str) -> Said:
    """Tell one performer's or network's last days."""
    from elite8.core.operations import overview

    studio = hands.studio
    periods = overview.days(studio, overview.today(studio), DAYS)
    found = [
        (f"{one.first:%a %d}", part)
        for one in periods
        for part in getattr(one, kind)
        if part.name == name
    ]
    return Said(lines=show.days(name, found, DAYS))


def budget(hands: Hands, _argument: str) -> Said:
    """Tell what was spent, day by day."""
    from elite8.core.operations import credits as purse
    from elite8.core.operations import overview

    studio = hands.studio
    spent = overview.days(studio, overview.today(studio), DAYS)
    return Said(lines=show.budget(purse.overview(studio, ask=False), spent))


def schedule(hands: Hands, argument: str) -> Said:
    """Show what is due on a day, today without one."""
    from elite8.core.operations import entries

    studio, day = hands.studio, day_of(hands.studio, argument)
    found = entries.between(studio, day, 1)
    following = buttons.do("the day after", f"schedule {day + timedelta(days=1)}")
    head = [] if found else [bold(f"{day:%a %d %b}")]
    return Said(lines=[*head, *show.schedule(found, studio.settings.zone)], rows=((following,),))


def pause(hands: Hands, argument: str) -> Said:
    """Stop everything, or one performer, network or region."""
    from elite8.core.operations import stops

    stopped, new = stops.stop(
        hands.studio, *scope_of(hands.studio, argument), f"by {hands.who}, in chat"
    )
    if new:
        return said(f"⏸ {stopped.words} is stopped: nothing of it goes out", resumes(stopped))
    why = f" ({stopped.reason})" if stopped.reason else ""
    return said(f"⏸ {stopped.words} is stopped already{why}; /resume goes on")


def resume(hands: Hands, argument: str) -> Said:
    """Go on after a pause, without a burst; a button ends the stop it stood beside and no other."""
    from elite8.core.operations import stops

    studio = hands.studio
    if not argument:
        found = stops.listed(studio)
        if not found:
            return said("nothing is stopped")
        if len(found) > 1:
            return said("What goes on?", *(resumes(one) for one in found))
        argument = found[0].value or "all"
    word, _, mark = argument.partition(buttons.OF)
    scope, value = stopped_as(studio, word) or scope_of(studio, word)
    policy = studio.config.publishing.resume
    spread, skipped = stops.resume(studio, scope, value, policy, mark)
    going = "everything" if scope == "all" else f"{scope} {value}"
    missed = f"{spread} missed posts follow one after the other, {skipped} are skipped"
    return said(f"▶ {going} goes on; {missed}")


def resumes(stop: "Stop") -> Row:
    """Return a button that ends just this stop."""
    which = f"{stop.value or 'all'}{buttons.OF}{stop.mark}"
    return (buttons.do(f"Resume {stop.words}", f"resume {which}"),)


def stopped_as(studio: "Studio", written: str) -> tuple[str, str] | None:
    """Return what is stopped by that name, also when the config knows it no more; else `None`."""
    from elite8.core.operations import stops

    same = [one for one in stops.listed(studio) if one.value and one.value == written]
    return (same[0].scope, same[0].value) if len(same) == 1 else None


def scope_of(studio: "Studio", written: str) -> tuple[str, str]:
    """Return what one word means: a performer, a network, a region, or everything."""
    from elite8.core.operations.publish import DESTINATIONS

    names = [one.id for one in studio.config.roster.characters]
    if written.lower() in ("", "all", "everything"):
        return "all", ""
    if written.lower() in names:
        return "character", written.lower()
    if written.lower() in DESTINATIONS:
        return "network", written.lower()
    if len(written) == len("US"):
        return "region", written.upper()
    raise ConfigError(
        f"'{written[:20]}' is no performer, network or region; choose {', '.join(names)}, "
        f"{', '.join(DESTINATIONS)}, two letters as in US, or all"
    )


def restart(hands: Hands, _argument: str) -> Said:
    """Have the daemon read its config and plan its ticks anew."""
    return said(hands.restart())


def uncertain(hands: Hands, _argument: str) -> Sequence[Said]:
    """Show posts that may or may not be out, with buttons that say which."""
    from elite8.core.operations import decisions

    found, zone = decisions.doubts(hands.studio), hands.studio.settings.zone
    shown = [
        Said(lines=show.doubt(one, zone), rows=buttons.of_doubt(one.about))
        for one in found[:MOST_SHOWN]
    ]
    return with_rest(shown, len(found), "uncertain", "no post is uncertain")


def alerts(hands: Hands, _argument: str) -> Sequence[Said]:
    """Show what rings, with buttons to look after it."""
    from elite8.core.operations import alerts as operation

    found, zone = operation.ringing(hands.studio), hands.studio.settings.zone
    shown = [
        Said(lines=show.alert(one, zone), rows=buttons.of_alert(one)) for one in found[:MOST_SHOWN]
    ]
    return with_rest(shown, len(found), "alerts", "nothing rings")


def pending(hands: Hands, _argument: str) -> Sequence[Said]:
    """Show posts that wait for approval."""
    from elite8.core.operations import decisions

    found = decisions.pending(hands.studio)
    shown = [Said(lines=(), cards=(one,)) for one in found[:MOST_SHOWN]]
    return with_rest(shown, len(found), "pending", "no post waits for approval")


def with_rest(shown: Sequence[Said], count: int, command: str, none: str) -> Sequence[Said]:
    """Return what is shown and how many more there are."""
    if not shown:
        return [said(none)]
    more = count - len(shown)
    return [*shown, said(f"and {more} more: /{command} when these are decided")] if more else shown


def rehearse(hands: Hands, argument: str) -> Said:
    """Play the coming days in another process; nothing is sent."""
    if argument and not (argument.isdecimal() and 1 <= int(argument) <= MOST_DAYS):
        raise ConfigError(f"say how many days, 1 to {MOST_DAYS}")
    found = hands.apart(("schedule", "rehearse", "--days", argument or str(DAYS)))
    return Said(lines=show.rehearsal(found))


def day_of(studio: "Studio", written: str) -> date:
    """Return the day that is meant, today when none is."""
    today = studio.clock().astimezone(studio.settings.zone).date()
    words = {"": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
    if written.lower() in words:
        return today + timedelta(days=words[written.lower()])
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if not FEWEST_YEAR <= day.year <= MOST_YEAR:
        raise ConfigError(f"'{written[:20]}' is no day; write 2026-12-01, or yesterday")
    return day


def unknown(name: str) -> Said:
    """Say that there is no such command."""
    return Said(lines=plain(f"no command /{name[:32]}; /help has them all"))


COMMANDS: Mapping[str, Command] = {
    "start": Command(help="say hello", does=start),
    "help": Command(help="say what there is", does=helped),
    "status": Command(help="how it goes now", does=status),
    "pending": Command(help="posts that wait for approval", does=pending),
    "uncertain": Command(help="posts that may or may not be out", does=uncertain),
    "alerts": Command(help="what rings", does=alerts),
    "schedule": Command(help="what is due: today, tomorrow, a day", does=schedule),
    "daily": Command(help="a day in figures", does=daily),
    "weekly": Command(help="a week in figures", does=weekly),
    "character": Command(help="how a performer did", does=character),
    "platform": Command(help="how a network did", does=platform),
    "credits": Command(help="credits, and when they end", does=credits_left),
    "budget": Command(help="what was spent, day by day", does=budget),
    "pause": Command(help="stop all, a performer, network or region", does=pause),
    "resume": Command(help="go on after a pause", does=resume),
    "restart": Command(help="read the config and plan all ticks anew", does=restart),
    "rehearse": Command(help="play the coming days, nothing is sent", does=rehearse, slow=True),
}
"""Every command, in the order of the menu."""

"""The funnel's figures a second time: from the raw rows, in plain loops, sharing no code of ours.

SQLite is read by the standard library; intervals, windows, models and what is not told are written
again from docs/explanation/attribution.md.
"""

import json
import math
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

KINDS = ["view", "engagement", "click", "lead", "subscribe", "money"]
PEOPLE = ["lead", "subscribe", "money"]
FIELD = {
    "stage": "stage", "region": "region", "network": "network", "character": "character_id",
    "post": "post_id", "video": "video_id",
}  # fmt: skip
PLACE = list(FIELD.values())


class Recount:
    """Every figure of a report about one time."""

    def __init__(self, file: Path, config: Path, since: datetime, until: datetime) -> None:
        db = sqlite3.connect(file)
        db.row_factory = sqlite3.Row
        self.rows = [dict(row) for row in db.execute("SELECT * FROM funnel_event ORDER BY at, id")]
        for row in self.rows:
            row["at"] = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
        self.credits: dict[str, int] = defaultdict(int)
        self.lately = 0
        sql = (
            "SELECT j.video_id v, e.amount a, e.at t FROM credit_entry e JOIN job j"
            " ON j.id = e.reference WHERE e.kind = 'settle' AND j.video_id != ''"
        )
        for row in db.execute(sql):
            self.credits[row["v"]] -= row["a"]
            if since <= datetime.fromisoformat(row["t"]).replace(tzinfo=UTC) < until:
                self.lately -= row["a"]
        self.links = [dict(row) for row in db.execute("SELECT * FROM link")]
        db.close()
        self.funnel = json.loads((config / "phase2/funnel.json").read_text())
        self.window = timedelta(days=self.funnel["attribution_days"])
        self.since, self.until = since, until
        self.inside = [row for row in self.rows if since <= row["at"] < until]
        self.touches = self.all_touches()
        self.known = {row["kind"] for row in self.rows} | ({"click"} if self.links else set())

    def all_touches(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows:
            placed = any(row[name] for name in PLACE)
            ended = row["at"] >= self.until
            kind = row["kind"] in ("click", "lead", "subscribe")
            if row["person"] and kind and placed and not ended:
                found[row["person"]].append(row)
        return found

    def before(self, person: str, at: datetime) -> list[Any]:
        if not person:
            return []
        return [t for t in self.touches[person] if at - self.window <= t["at"] <= at]

    def arrived(self) -> list[tuple[str, dict[str, str]]]:
        """Kind and place of each who got so far, people once."""
        found, met = [], set()
        for row in self.inside:
            if row["kind"] not in PEOPLE:
                continue
            if row["kind"] == "money" and row["amount_minor"] <= 0:
                continue
            if row["person"]:
                if (row["kind"], row["person"]) in met:
                    continue
                met.add((row["kind"], row["person"]))
            place = {name: row[name] for name in PLACE}
            if not any(place.values()):
                earlier = self.before(row["person"], row["at"])
                if earlier:
                    place = {name: earlier[-1][name] for name in PLACE}
            found.append((row["kind"], place))
        return found

    def counts(self, by: str) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}

        def add(name: str, kind: str, number: int) -> None:
            mine = found.setdefault(name, {})
            mine[kind] = mine.get(kind, 0) + number

        for row in self.inside:
            if row["kind"] in ("view", "engagement", "click"):
                add(row[FIELD[by]] if by else "all", row["kind"], row["count"])
        for kind, place in self.arrived():
            add(place[FIELD[by]] if by else "all", kind, 1)
        return found

    def covered(self, table: dict[str, dict[str, int]]) -> dict[str, set[str]]:
        """By kind of people, whose number is not told."""
        found = {}
        for kind in PEOPLE:
            numbers = {name: mine.get(kind, 0) for name, mine in table.items()}
            small = {name for name, n in numbers.items() if 1 <= n <= 9}
            big = sorted((n, name) for name, n in numbers.items() if n >= 10)
            if len(small) == 1 and big:
                small.add(big[0][1])
            found[kind] = small
        return found

    def steps(self, by: str) -> dict[str, list[dict[str, Any]]]:
        table = self.counts(by)
        covered = self.covered(table)
        found = {}
        for name, mine in table.items():
            way: list[dict[str, Any]] = []
            earlier = None
            for kind in KINDS:
                theirs = self.links if not by else [k for k in self.links if k[FIELD[by]] == name]
                unknown = kind == "click" and not theirs and not mine.get(kind)
                number = mine.get(kind, 0) if kind in self.known and not unknown else None
                hidden = name in covered.get(kind, set())
                rate = low = high = None
                if number is not None and earlier is not None and not hidden:
                    rate, low, high = wilson(number, earlier)
                way.append(
                    {
                        "kind": kind, "count": None if hidden else number, "hidden": hidden,
                        "rate": rate, "low": low, "high": high,
                    }
                )  # fmt: skip
                if kind != "engagement":
                    earlier = None if hidden else number
            found[name] = way
        return found

    def stages(self, by: str, name: str) -> list[dict[str, Any]]:
        """Goals beside what is so, of one name."""
        field = FIELD.get(by, "")

        def mine(place: dict[str, Any]) -> bool:
            return not field or place[field] == name

        numbers: dict[str, dict[str, int]] = {}
        posts: dict[tuple[str, str], dict[str, int]] = {}
        for row in self.inside:
            if mine(row) and row["kind"] in ("view", "engagement", "click"):
                counts = numbers.setdefault(row["stage"], {})
                counts[row["kind"]] = counts.get(row["kind"], 0) + row["count"]
                post = posts.setdefault((row["stage"], row["post_id"]), {})
                post[row["kind"]] = post.get(row["kind"], 0) + row["count"]
        for kind, place in self.arrived():
            if mine(place):
                counts = numbers.setdefault(place["stage"], {})
                counts[kind] = counts.get(kind, 0) + 1
        covered = self.covered(numbers)
        found = []
        for stage in self.funnel["stages"]:
            goal = stage["conversion"]
            counts = numbers.get(stage["stage"], {})
            read = [
                p for (s, _), p in posts.items()
                if s == stage["stage"] and "view" in p and "engagement" in p
            ]  # fmt: skip
            reacted = sum(p["engagement"] for p in read) if read else None
            viewed = sum(p["view"] for p in read) if read else None
            known = set(self.known)
            there = [k for k in self.links if k["stage"] == stage["stage"] and mine(k)]
            if not there and not counts.get("click"):
                known -= {"click"}
            hits = counts.get(goal["into"], 0) if goal["into"] in known else None
            n = counts.get(goal["of"], 0) if goal["of"] in known else None
            hides = any(
                stage["stage"] in covered.get(kind, set()) for kind in (goal["into"], goal["of"])
            )
            found.append(
                {
                    "stage": stage["stage"],
                    "views": counts.get("view"),
                    "engagement": judged(stage["engagement_goal"], reacted, viewed, hides=False),
                    "conversion": judged(goal["goal"], hits, n, hides=hides),
                }
            )
        return found

    def money(self, by: str) -> dict[tuple[str, str], dict[str, int]]:
        """By currency and name, what each model gives."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        originals = {row["key"]: row for row in self.rows if row["kind"] == "money"}
        for row in self.inside:
            if row["kind"] != "money":
                continue
            first = originals.get(row["about"], row)
            person = row["person"] or first["person"]
            way = [dict(t) for t in self.before(person, first["at"])]
            source = row if any(row[p] for p in PLACE) else first
            if any(source[p] for p in PLACE):
                same = [t for t in way if t["at"] == first["at"]]
                if not any(all(t[p] == source[p] for p in PLACE) for t in same):
                    way.append(source)
            for model in ("last", "first", "position"):
                for place, part in shared(row["amount_minor"], way, model):
                    name = place[FIELD[by]] if place else ""
                    mine = found.setdefault(
                        (row["currency"], name), {"last": 0, "first": 0, "position": 0}
                    )
                    mine[model] += part
        return found

    def videos(self, by: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        seen = [r for r in self.inside if r["kind"] in ("view", "engagement", "click")]
        for row in [*seen, *(t for way in self.touches.values() for t in way)]:
            if row["video_id"]:
                found[row[FIELD[by]]].add(row["video_id"])
        return found

    def cohorts(self, zone: str, now: datetime) -> list[tuple[str, int | None, list[Any]]]:
        place = ZoneInfo(zone)

        def month(at: datetime) -> tuple[int, int]:
            here = at.astimezone(place)
            return here.year, here.month

        joined: dict[str, tuple[int, int]] = {}
        paid = set()
        for row in self.rows:
            if row["at"] >= self.until or not row["person"]:
                continue
            if row["kind"] == "subscribe" and row["person"] not in joined:
                joined[row["person"]] = month(row["at"])
            if row["kind"] == "money" and row["amount_minor"] > 0:
                paid.add((row["person"], month(row["at"])))
        last = month(min(now, self.until))
        found: list[tuple[str, int | None, list[Any]]] = []
        for first in sorted(set(joined.values())):
            if first < month(self.since):
                continue
            people = [p for p, when in joined.items() if when == first]
            shares: list[Any] = []
            at = first
            while at <= last:
                here = sum((p, at) in paid for p in people)
                shares.append(None if at == last else here / len(people))
                at = (at[0] + 1, 1) if at[1] == 12 else (at[0], at[1] + 1)
            name = f"{first[0]}-{first[1]:02}-01"
            found.append((name, None, []) if len(people) < 10 else (name, len(people), shares))
        return found


def wilson(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """The roots of (p - hits/n)^2 = z^2 p (1 - p) / n: another way to the same interval."""
    if n < 10 or hits < 0 or hits > n:
        return None, None, None
    z2, rate = 1.959963984540054**2, hits / n
    a, b, c = 1 + z2 / n, -(2 * rate + z2 / n), rate * rate
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    low, high = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return rate, 0.0 if hits == 0 else low, 1.0 if hits == n else high


def judged(goal: float, hits: int | None, n: int | None, *, hides: bool) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(("hits", "n", "rate", "low", "high"))
    if hits is None or not n:
        return {"goal": goal, **empty, "verdict": "unknown", "hidden": False}
    rate, low, high = wilson(hits, n)
    if low is None or high is None:
        verdict = "too few" if n < 10 else "unclear"
    elif high < goal:
        verdict = "below"
    else:
        verdict = "met" if low >= goal else "unclear"
    if hides:
        return {"goal": goal, **empty, "verdict": verdict, "hidden": True}
    told = {"hits": hits, "n": n, "rate": rate, "low": low, "high": high}
    return {"goal": goal, **told, "verdict": verdict, "hidden": False}


def shared(amount: int, way: list[Any], model: str) -> list[tuple[Any, int]]:
    """Cents to touches: floors first, then one cent each by the largest rest."""
    if not way:
        return [(None, amount)]
    n = len(way)
    if model == "last":
        parts = [Fraction(0)] * (n - 1) + [Fraction(1)]
    elif model == "first":
        parts = [Fraction(1)] + [Fraction(0)] * (n - 1)
    elif n < 3:
        parts = [Fraction(1, n)] * n
    else:
        ends, between = Fraction(2, 5), Fraction(1, 5) / (n - 2)
        parts = [ends] + [between] * (n - 2) + [ends]
    sign = -1 if amount < 0 else 1
    exact = [part * abs(amount) for part in parts]
    cents = [math.floor(each) for each in exact]
    rests = sorted(range(n), key=lambda i: (-(exact[i] - cents[i]), i))
    for i in rests[: abs(amount) - sum(cents)]:
        cents[i] += 1
    return [(place, sign * part) for place, part in zip(way, cents, strict=True) if part]

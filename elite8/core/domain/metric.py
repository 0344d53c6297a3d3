"""Metrics: what is measured, in which unit, apart by which labels; the names stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: its name as Prometheus has it, without a counter's `_total`.

    `each`: it counts what has to be looked at one by one, so that one more is news.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "counter"] = "gauge"
    each: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a metric is now, for one set of labels."""

    metric: str
    value: float
    labels: Labels = ()

    @property
    def subject(self) -> str:
        """The labels in words, "" for none: what an alert is about."""
        return " ".join(f"{name}={value}" for name, value in self.labels)


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(name="elite8_cpu_ratio", help="Share of all cores in use."),
        Metric(name="elite8_memory_used_ratio", help="Share of the machine's memory in use."),
        Metric(name="elite8_disk_used_ratio", help="Share in use of the disk of the state folder."),
        Metric(name="elite8_disk_free_bytes", help="Free on the disk of the state folder."),
        Metric(
            name="elite8_disk_full_seconds",
            help="Until that disk is full at last week's pace; not there while it does not fill.",
        ),
        Metric(
            name="elite8_network_bytes",
            help="Bytes on all interfaces.",
            labels=("way",),
            kind="counter",
        ),
        Metric(name="elite8_process_resident_bytes", help="Memory of the process that watches."),
        Metric(
            name="elite8_process_cpu_seconds",
            help="CPU time of the process that watches.",
            kind="counter",
        ),
        Metric(name="elite8_clock_skew_seconds", help="How far a server's clock is from ours."),
        Metric(name="elite8_zone_data_age_seconds", help="Since the year of the zone data began."),
        Metric(
            name="elite8_signing_key_expires_seconds",
            help="Until the certificate that signs videos ends.",
        ),
        Metric(name="elite8_videos", help="Videos.", labels=("status",)),
        Metric(
            name="elite8_videos_finished",
            help="Videos that were finished.",
            labels=("character",),
            kind="counter",
        ),
        Metric(
            name="elite8_render_seconds",
            help="Time that the last week's videos took to make, at the median.",
        ),
        Metric(name="elite8_videos_failed_in_a_row", help="Videos that failed since one was made."),
        Metric(
            name="elite8_video_failure_ratio",
            help="Share of the last day's videos that failed; not there under five.",
        ),
        Metric(name="elite8_credits_free", help="Credits that can be spent."),
        Metric(name="elite8_credits_held", help="Credits held for tasks under way."),
        Metric(name="elite8_credits_used_ratio", help="Share of the month's credits that is used."),
        Metric(name="elite8_credits_left_today", help="Credits of the day's budget that are left."),
        Metric(
            name="elite8_month_cost_usd",
            help="What the credits of the month cost, by the tariff's price of one.",
        ),
        Metric(name="elite8_posts", help="Posts.", labels=("network", "status"), each=True),
        Metric(
            name="elite8_post_overdue_seconds",
            help="How long the post that waits longest is overdue; 0 for none.",
            labels=("network",),
        ),
        Metric(
            name="elite8_post_lag_seconds",
            help="From when posts were for to when they were out: 95 % of a week's are no later.",
            labels=("network",),
        ),
        Metric(
            name="elite8_posts_stuck",
            help="Posts in a state for longer than it may last.",
            labels=("state",),
            each=True,
        ),
        Metric(name="elite8_posts_failed_in_a_row", help="Posts refused since one went out."),
        Metric(
            name="elite8_posts_in_time_ratio",
            help="Share of seven days' posts out within two minutes of the time they were for.",
        ),
        Metric(
            name="elite8_posts_burn_ratio",
            help="How often more posts are late than the objective allows; not there under four.",
            labels=("window",),
        ),
        Metric(
            name="elite8_views", help="Views of posts of the last 28 days.", labels=("network",)
        ),
        Metric(
            name="elite8_engagement_ratio",
            help="Reactions per viewer of posts of the last 28 days.",
            labels=("network",),
        ),
        Metric(
            name="elite8_privacy_requests",
            help="What people asked for: open, to be reminded of (soon), and overdue (late).",
            labels=("state",),
            each=True,
        ),
        Metric(name="elite8_readings_overdue", help="Posts whose reading is hours overdue."),
        Metric(
            name="elite8_account_ends_seconds",
            help="Until an account's owner has to sign in again.",
            labels=("network", "account"),
        ),
        Metric(
            name="elite8_accounts_broken",
            help="Accounts that cannot post until someone signs in.",
            labels=("network",),
            each=True,
        ),
        Metric(
            name="elite8_task_age_seconds",
            help="Since a task of the daemon last ended well.",
            labels=("task",),
        ),
        Metric(
            name="elite8_task_failures",
            help="Runs of a task that failed.",
            labels=("task",),
            kind="counter",
        ),
        Metric(
            name="elite8_task_failed_in_a_row",
            help="Runs of a task that failed since one ended well.",
            labels=("task",),
        ),
        Metric(name="elite8_leader", help="1 while a daemon leads, else 0."),
        Metric(
            name="elite8_task_missed_runs",
            help="Runs of a task that were due since it began last.",
            labels=("task",),
        ),
        Metric(
            name="elite8_collector_broken",
            help="1 where values could not be collected, else 0.",
            labels=("collector",),
        ),
        Metric(
            name="elite8_proxy_bytes",
            help="Bytes through the proxy.",
            labels=("region", "way"),
            kind="counter",
        ),
        Metric(
            name="elite8_proxy_used_ratio",
            help="Share of the proxy's budget, less its reserve, used or held.",
            labels=("span",),
        ),
        Metric(
            name="elite8_proxy_down",
            help="1 while the last try of the proxy failed, else 0.",
            labels=("region",),
        ),
        Metric(
            name="elite8_proxy_direct",
            help="Lines of the last day that went directly instead, and why.",
            labels=("region", "reason"),
        ),
        Metric(name="elite8_proxy_left_bytes", help="What the proxy's provider says is left."),
        Metric(
            name="elite8_proxy_drift_ratio",
            help="How far the provider's count is from ours; not there under 100 MB.",
        ),
        Metric(name="elite8_database_bytes", help="Size of the database's file, with its journal."),
        Metric(name="elite8_alerts", help="Alerts that fire.", labels=("severity",)),
        Metric(
            name="elite8_notices_waiting", help="Notices no route has taken.", labels=("route",)
        ),
    )
}
"""Everything that is measured; label values are ours and few, never a text from outside."""


def value(metric: str, number: float, **labels: str) -> Value:
    """Return one value; a metric nobody knows, or with other labels, is a ValueError."""
    known = METRICS.get(metric)
    if known is None or set(labels) != set(known.labels):
        raise ValueError(f"no metric {metric} with the labels {sorted(labels)}")
    return Value(metric, float(number), tuple((name, labels[name]) for name in known.labels))


def written(labels: Labels) -> str:
    """Return labels as text that `read_labels` reads, "" for none."""
    return ",".join(f"{name}={text}" for name, text in labels)

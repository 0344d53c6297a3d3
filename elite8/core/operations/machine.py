"""What this machine and this process use, as metrics."""

import importlib.metadata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from elite8.core.domain.metric import Value, value
from elite8.core.studio import Studio

FIRST_LOOK = 0.1
"""Seconds to look at the processor when this process has not looked before."""


class Processor:
    """The processor's share in use since it was looked at last."""

    looked = False

    def share(self) -> float:
        """Return the share of all cores, 0 to 1."""
        percent = psutil.cpu_percent(interval=None if self.looked else FIRST_LOOK)
        self.looked = True
        return float(percent) / 100


PROCESSOR = Processor()


def measured(studio: Studio) -> Iterator[Value]:
    """Yield the values of the machine; what it does not tell is left out."""
    here, me = nearest(studio.settings.state_dir), psutil.Process()
    disk, net = psutil.disk_usage(str(here)), psutil.net_io_counters()
    yield value("elite8_cpu_ratio", PROCESSOR.share())
    yield value("elite8_memory_used_ratio", psutil.virtual_memory().percent / 100)
    yield value("elite8_disk_used_ratio", 1 - disk.free / disk.total)
    yield value("elite8_disk_free_bytes", disk.free)
    if net is not None:
        yield value("elite8_network_bytes", net.bytes_sent, way="sent")
        yield value("elite8_network_bytes", net.bytes_recv, way="received")
    used = me.cpu_times()
    yield value("elite8_process_resident_bytes", me.memory_info().rss)
    yield value("elite8_process_cpu_seconds", used.user + used.system)
    yield value("elite8_zone_data_age_seconds", zone_data_age(studio.clock()).total_seconds())


def nearest(folder: Path) -> Path:
    """Return the folder, or the first above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


def zone_data_age(now: datetime) -> timedelta:
    """Return how long ago the year of the zone data began; its version begins with the year."""
    year = int(importlib.metadata.version("tzdata").split(".")[0])
    return now - datetime(year, 1, 1, tzinfo=UTC)

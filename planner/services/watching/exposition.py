"""The figures as Prometheus reads them."""

from __future__ import annotations

import platform as machine
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE, generate_latest
from prometheus_client.registry import Collector

from planner import __version__
from planner.counts import Counter, Histogram
from planner.services.watching.stored import Stored, expiring

if TYPE_CHECKING:
    from planner.bootstrap import Platform

__all__ = ["CONTENT_TYPE", "write"]


def write(platform: Platform, stored: Stored | None) -> bytes:
    """All figures. Without ``stored`` the process's own, and that the database does not answer."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Ours(platform, stored))
    return generate_latest(registry)


class _Ours(Collector):
    def __init__(self, platform: Platform, stored: Stored | None) -> None:
        self._platform, self._stored = platform, stored

    def collect(self) -> Iterator[Metric]:
        yield from _of_process(self._platform)
        yield _gauge("sendeplan_database_up", "Whether the database answered.", float(self._stored is not None))
        if self._stored is not None:
            yield from _of_deliveries(self._stored)
            yield from _of_channels(self._stored)
            yield _by(
                "sendeplan_heartbeat_age_seconds",
                "Since the last sign of life of a role, whichever process has it.",
                ("role",),
                (((role,), age) for role, age in self._stored.heartbeats.items()),
            )


def _of_process(platform: Platform) -> Iterator[Metric]:
    counts = platform.counts
    yield from (_histogram(counts.lateness), _histogram(counts.calls))
    yield from (_counter(counts.attempts), _counter(counts.errors), _counter(counts.looks))
    yield _pool(platform.database.engine.pool)
    about = {("version",): __version__, ("python",): machine.python_version()}
    about[("database",)] = platform.database.url.get_backend_name()
    info = GaugeMetricFamily("sendeplan_build_info", "What runs here.", labels=[name for (name,) in about])
    info.add_metric(list(about.values()), 1.0)
    yield info


def _of_deliveries(stored: Stored) -> Iterator[Metric]:
    yield _by("sendeplan_deliveries", "Deliveries by state.", ("state",), (((s,), n) for s, n in stored.states.items()))
    yield _gauge("sendeplan_deliveries_due", "Due, held by nothing, and not claimed yet.", stored.due)
    yield _gauge("sendeplan_deliveries_ahead", "Scheduled for a time to come.", stored.ahead)
    yield _gauge("sendeplan_oldest_due_age_seconds", "Since when the oldest of these is due.", stored.oldest_due_age)
    yield _by("sendeplan_deliveries_held", "Due, but held.", ("reason",), (((r,), n) for r, n in stored.held.items()))
    answers = (((state,), count) for state, count in sorted(stored.answers.items()))
    yield _by("sendeplan_answers", "Answers in the dialogue that are not done with, by state.", ("state",), answers)


def _of_channels(stored: Stored) -> Iterator[Metric]:
    yield _by("sendeplan_channels", "Channels by network and health.", ("network", "health"), stored.channels.items())
    yield _gauge("sendeplan_channels_expiring", "Channels whose access ends within a week.", expiring(stored))
    yield _by(
        "sendeplan_app_limits_in_force",
        "Limits of a network's developer app that are near their end or used up.",
        ("network",),
        (((network,), count) for network, count in stored.app_limits.items()),
    )
    yield _by(
        "sendeplan_channel_throttled_seconds",
        "How long the network still asks a channel to wait.",
        ("channel", "network"),
        (((str(channel), network), left) for (channel, network), left in stored.throttled.items()),
    )
    yield _by(
        "sendeplan_channel_token_expires_timestamp_seconds",
        "When a channel's access ends.",
        ("channel", "network"),
        (((str(channel), network), at.timestamp()) for (channel, network), at in stored.expires.items()),
    )


def _pool(pool: Any) -> Metric:
    """Connections of this process; a kind of pool that does not count them tells nothing."""
    states = {"in_use": "checkedout", "idle": "checkedin"}
    counted = [((s,), float(getattr(pool, m)())) for s, m in states.items() if hasattr(pool, m)]
    return _by("sendeplan_database_connections", "Connections of this process.", ("state",), counted)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _by(name: str, says: str, labels: Sequence[str], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values:
        family.add_metric(list(key), value)
    return family


def _counter(counter: Counter) -> Metric:
    family = CounterMetricFamily(counter.name, counter.says, labels=list(counter.labels))
    for values, count in counter.read():
        family.add_metric(list(values), count)
    return family


def _histogram(histogram: Histogram) -> Metric:
    family = HistogramMetricFamily(histogram.name, histogram.says, labels=list(histogram.labels))
    bounds = [*(str(bound) for bound in histogram.bounds), "+Inf"]
    for values, counts, total in histogram.read():
        family.add_metric(list(values), list(zip(bounds, map(float, counts), strict=True)), total)
    return family

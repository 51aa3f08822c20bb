"""How the benchmarks measure: CPU time of short rounds that alternate between the things compared, and the median of
the rounds' ratios. On a busy machine ratios of one run mean something; absolute times do not."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 15


def keep_to_one_core() -> None:
    """All that is compared, in other processes too, works in turn; two cores of a machine are seldom equally fast."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def per_second(work: Callable[[], object], seconds: float = 0.05) -> float:
    """How often `work` runs in a second of this process's CPU time."""
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        work()
        count += 1
    return count / spent


def alternate(contestants: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Rates of each contestant, round by round, in turn; the first round warms up and does not count."""
    gc.collect()
    gc.freeze()  # as the portal does once it is assembled: what was imported is not looked through again and again
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, measure in contestants.items():
            rate = measure()
            if number:
                rates[name].append(rate)
    return rates


def ratio(rates: Mapping[str, list[float]], ours: str, theirs: str) -> float:
    """The median, over the rounds, of our rate divided by theirs."""
    return statistics.median(a / b for a, b in zip(rates[ours], rates[theirs], strict=True))


def report(title: str, rates: Mapping[str, list[float]], ours: str, limits: Mapping[str, float]) -> None:
    """Print the median rates, and our ratio to each of `limits` with what it should be at least."""
    print(f"\n{title}")
    for name, values in rates.items():
        against = ""
        if name in limits:
            found = ratio(rates, ours, name)
            mark = "ok" if found >= limits[name] else "BELOW"
            against = f"   ours/this {found:5.2f}   at least {limits[name]:.2f}  {mark}"
        print(f"  {name:44s}{statistics.median(values):10,.0f} /s{against}")

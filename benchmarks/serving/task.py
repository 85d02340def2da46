"""What every runner asks, and how it is measured."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORDS = (
    "The gateway keeps its readings for nine days when it cannot reach the station. "
    "Hold the button for five seconds until the lamp turns blue, then release it. "
) * 12  # about a page


def prompt(number: int) -> str:
    """Write the prompt of one request; no two are alike."""
    return f"Write one question that this passage answers. Passage {number}: {WORDS}"


def measure(work: Callable[[], Any]) -> None:  # Any: what it gives is not used
    """Run the work, and write seconds, CPU seconds of this process and its children, and memory to the named file."""
    before, start = _cpu(), time.perf_counter()
    failure = ""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - it is the result
        failure = f"{type(error).__name__}: {error}"
    seconds, cpu = time.perf_counter() - start, _cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {"seconds": seconds, "cpu": cpu, "peak_kib": peak, "failure": failure}
    Path(sys.argv[4]).write_text(json.dumps(found), encoding="utf-8")


def settings() -> tuple[str, int, int]:
    """Read the server's address, the number of requests and how many may be in flight."""
    return sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)

"""Tasks of several steps and a judge: wall time against the least that it can take, side by side and in turn.

    python benchmarks/steps.py [--tasks 120] [--places 16] [--latency 0.25]

Each task asks the writer one to six times, as `evolve` and `self_instruct` do, and the judge as often. Both are servers
of our own on this machine, each in a process of its own (serving/server.py). The least time is what the busier of the
two needs with all places taken. In turn is how models in this process are asked: writer and judge are never under way
at once.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from generate import Journal, OpenAICompatible, journalled
from generate.strategies import Draft, Steps, ToJudge
from generate.work import Work
from schemas import Answer, ChatRequest, Client, Message

SERVER = Path(__file__).parent / "serving" / "server.py"


class Alone:
    """A client that may not be asked while another is."""

    def __init__(self, client: Client) -> None:
        self.route, self.model, self.complete_all = client.route, client.model, client.complete

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says."""
        return self.complete_all(requests)


def ask(text: str) -> ChatRequest:
    """Write a request."""
    return ChatRequest(messages=(Message("user", text),), max_tokens=64)


def steps(task: int) -> Steps:
    """Write and have it judged, one to six times."""
    drafts = []
    for turn in range(1 + task * 7 % 6):
        response = yield ask(f"Write {task}, {turn}")
        yield ToJudge(ask(f"Judge {task}, {turn}"))
        drafts.append(Draft(response=response.text))
    return drafts


def run(tasks: int, places: int, latency: float, *, side_by_side: bool) -> float:
    """Work all tasks out, and give the seconds that it took."""
    manners = json.dumps({"latency": latency})
    servers = [
        subprocess.Popen([sys.executable, str(SERVER), manners], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.sqlite") as journal:
            clients: list[Client] = []
            for server in servers:
                assert server.stdout is not None
                url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
                client = journalled(OpenAICompatible("small", base_url=url, concurrency=places), journal)
                clients.append(client if side_by_side else Alone(client))
            begun = time.perf_counter()
            ended = list(Work(map(steps, range(tasks)), {False: clients[0], True: clients[1]}).run())
            seconds = time.perf_counter() - begun
    finally:
        for server in servers:
            server.kill()
            server.wait()
    if len(ended) != tasks or any(each.errors for each in ended):
        raise RuntimeError("not all tasks were worked out")
    return seconds


def main() -> None:
    """Print both times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=120)
    parser.add_argument("--places", type=int, default=16)
    parser.add_argument("--latency", type=float, default=0.25, help="seconds an answer")
    options = parser.parse_args()
    requests = sum(1 + task * 7 % 6 for task in range(options.tasks))
    least = requests * options.latency / options.places
    print(
        f"{options.tasks} tasks, {requests} requests to each server, {options.places} in flight, {least:.2f} s at least"
    )
    for side_by_side in (True, False):
        seconds = run(options.tasks, options.places, options.latency, side_by_side=side_by_side)
        print(f"{'side by side' if side_by_side else 'in turn'}: {seconds:.2f} s, {seconds / least:.2f} times that")


if __name__ == "__main__":
    main()

"""A chat server on this machine that keeps count and misbehaves as told; it runs in a process of its own.

    python benchmarks/serving/server.py '{"latency": 0.05, "refuse_every": 7}'

It prints its port, answers POST .../chat/completions, and tells what it has seen under GET /seen.
"""

import asyncio
import json
import sys
import time
import zlib
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How the server behaves.

    Attributes:
        latency: Seconds that an answer takes.
        refuse_every: Every how manyeth request is answered 429; 0 for none.
        retry_after: Seconds that such an answer asks to wait.
        fail_every: Every how manyeth request is answered 500.
        cut_every: Every how manyeth connection is cut instead of an answer.
        hang_every: Every how manyeth request is never answered.
        requests_per_second: Rate of the bucket of requests; 0 for no bucket.
        tokens_per_second: Rate of the bucket of tokens; 0 for no bucket.
        burst: Seconds' worth that a full bucket holds.
        slots: Requests worked on at once, the others queue as they do in vLLM; 0 for all.
        text: What is answered.
    """

    latency: float = 0.05
    refuse_every: int = 0
    retry_after: float = 1.0
    fail_every: int = 0
    cut_every: int = 0
    hang_every: int = 0
    requests_per_second: float = 0.0
    tokens_per_second: float = 0.0
    burst: float = 1.0
    slots: int = 0
    text: str = "How long does the battery of this device last?"


@dataclass(kw_only=True)
class Seen:
    """What the server has counted, in requests and in seconds from the first one."""

    requests: int = 0
    answered: int = 0
    refused: int = 0
    most: int = 0
    connections: int = 0
    distinct: int = 0
    busy: float = 0.0
    last_asked: float = 0.0
    last_answered: float = 0.0
    average: float = 0.0


class Bucket:
    """A token bucket that starts full."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.most = rate, rate * burst
        self.level, self.at = self.most, time.monotonic()

    def missing(self, amount: float) -> float:
        """Seconds until `amount` can be taken; 0 where it can be now."""
        now = time.monotonic()
        self.level, self.at = min(self.most, self.level + (now - self.at) * self.rate), now
        return max(0.0, (min(amount, self.most) - self.level) / self.rate)


@dataclass
class Desk:
    """The state that all connections share."""

    manners: Manners
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        manners = self.manners
        self.open = 0
        self.begun = self.changed = 0.0
        self.until_last = 0.0
        self.bodies: set[int] = set()
        rates = (manners.requests_per_second, manners.tokens_per_second)
        self.buckets = [Bucket(rate, manners.burst) if rate else None for rate in rates]
        self.slots = asyncio.Semaphore(manners.slots) if manners.slots else None

    def moved(self, step: int) -> None:
        """Count a request that comes (1) or goes (-1)."""
        now = time.monotonic()
        self.begun = self.begun or now
        self.seen.busy += self.open * (now - (self.changed or now))
        self.changed = now
        self.open += step
        if step > 0:
            self.seen.requests += 1
            self.seen.last_asked = now - self.begun
            self.until_last = self.seen.busy
            self.seen.most = max(self.seen.most, self.open)
        else:
            self.seen.last_answered = now - self.begun

    def report(self) -> dict[str, Any]:  # Any: JSON
        """Sum up; `average` is over the time in which requests still came."""
        self.seen.distinct = len(self.bodies)
        self.seen.average = self.until_last / self.seen.last_asked if self.seen.last_asked else 0.0
        return asdict(self.seen)

    async def answer(self, body: bytes) -> tuple[int, bytes, str]:
        """Give status, body and further headers; status 0 cuts the connection."""
        manners, seen, number = self.manners, self.seen, self.seen.requests
        tokens = len(body) // 4
        waits = [
            bucket.missing(amount)
            for bucket, amount in zip(self.buckets, (1.0, float(tokens)), strict=True)
            if bucket is not None
        ]
        if any(waits) or (manners.refuse_every and number % manners.refuse_every == 0):
            seen.refused += 1
            wait = max(waits, default=0.0) or manners.retry_after
            return 429, b'{"error": {"message": "slow down"}}', f"Retry-After: {wait:.3f}\r\n"
        for bucket, amount in zip(self.buckets, (1.0, float(tokens)), strict=True):
            if bucket is not None:
                bucket.level -= amount
        if manners.hang_every and number % manners.hang_every == 0:
            await asyncio.sleep(3600)
        if self.slots is None:
            await asyncio.sleep(manners.latency)
        else:
            async with self.slots:
                await asyncio.sleep(manners.latency)
        if manners.fail_every and number % manners.fail_every == 0:
            return 500, b'{"error": {"message": "boom"}}', ""
        if manners.cut_every and number % manners.cut_every == 0:
            return 0, b"", ""
        seen.answered += 1
        self.bodies.add(zlib.crc32(body))
        reply = {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": 1,
            "model": "small",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": manners.text},
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": tokens, "completion_tokens": 12, "total_tokens": tokens + 12},
        }
        return 200, json.dumps(reply).encode(), ""


class Talk(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rest = b""
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.desk.seen.connections += 1

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the signature is asyncio's
        """Whoever hung up waits for nothing any more."""
        for task in self.tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Cut the bytes into requests."""
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            head = self.rest[:end].lower()
            _, found, length = head.partition(b"content-length:")
            size = int(length.split(b"\r\n", 1)[0]) if found else 0
            if len(self.rest) < end + 4 + size:
                return
            body, self.rest = self.rest[end + 4 : end + 4 + size], self.rest[end + 4 + size :]
            if head.startswith(b"get /seen"):
                self.send(200, json.dumps(self.desk.report()).encode(), "")
            elif head.startswith(b"get"):
                self.send(200, b'{"object": "list", "data": [{"id": "small", "object": "model"}]}', "")
            else:
                task = asyncio.ensure_future(self.serve(body))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def serve(self, body: bytes) -> None:
        """Answer one request."""
        self.desk.moved(1)
        try:
            status, reply, headers = await self.desk.answer(body)
        finally:
            self.desk.moved(-1)
        if status:
            self.send(status, reply, headers)
        else:
            self.transport.abort()

    def send(self, status: int, body: bytes, headers: str) -> None:
        """Write a response."""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self.transport.write(head.encode() + body)


async def main() -> None:
    """Serve until killed."""
    desk = Desk(Manners(**json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}))
    server = await asyncio.get_running_loop().create_server(lambda: Talk(desk), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

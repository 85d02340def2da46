"""The gate that requests leave by: as many at once as there are places, as fast as the pace allows."""

import asyncio
from collections import deque

from generate.clients.pace import Pace
from generate.clients.window import Window


class Gate:
    """Let requests through in the order in which they come.

    Attributes:
        window: How many may be through.
        pace: How fast they may go through.
        held: How many are through and not yet back.

    Args:
        places: The most that may be through.
    """

    def __init__(self, places: int) -> None:
        self.window = Window(places)
        self.pace = Pace()
        self.held = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._later: asyncio.TimerHandle | None = None

    @property
    def room(self) -> int:
        """How many more could come and find a place."""
        return self.window.places - self.held - len(self._waiting)

    async def enter(self) -> None:
        """Wait for a place, and take it."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        await turn

    def leave(self, count: int = 1) -> None:
        """Give places back."""
        self.held -= count
        self._admit()

    def _admit(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self.held < self.window.places:
            now = loop.time()
            if wait := self.pace.wait(now):
                if self._later is None:
                    self._later = loop.call_later(wait, self._again)
                return
            turn = self._waiting.popleft()
            if not turn.done():  # cancelled with the run
                self.pace.sent(now)
                self.held += 1
                turn.set_result(None)

    def _again(self) -> None:
        self._later = None
        self._admit()

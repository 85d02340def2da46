"""A small server that speaks /v1/chat/completions and misbehaves on demand."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """How the server takes one request: a status, a body (JSON, or bytes as they are), or a cut connection."""

    status: int = 200
    text: str = "How long does the battery last?"
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


class ChatServer:
    """The server and what it has seen.

    Attributes:
        react: Gives the reaction to a request's body and its number, counted from 1.
        asked: Bodies in the order in which they came.
        most: Most requests in hand at once.
    """

    def __init__(self) -> None:
        self.react: Callable[[dict[str, Any], int], Reaction] = lambda body, number: Reaction()
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.times: list[float] = []
        self.models: list[str] | None = ["small", "large"]
        self.answered = self.open = self.most = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if server.models is None or not self.path.endswith("/models"):
                    self.answer(404, {"detail": "Not Found"}, {})
                else:
                    data = [{"id": name, "object": "model", "created": 0, "owned_by": "us"} for name in server.models]
                    self.answer(200, {"object": "list", "data": data}, {})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server.lock:
                    server.asked.append(body)
                    server.headers.append({name.lower(): value for name, value in self.headers.items()})
                    server.paths.append(self.path)
                    server.times.append(time.monotonic())
                    number = len(server.asked)
                    server.open += 1
                    server.most = max(server.most, server.open)
                try:
                    reaction = server.react(body, number)
                    server.stopping.wait(reaction.delay)
                finally:
                    with server.lock:
                        server.open -= 1
                if reaction.cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                with server.lock:
                    server.answered += reaction.status == 200
                self.answer(
                    reaction.status,
                    completion(reaction.text) if reaction.body is None else reaction.body,
                    reaction.headers,
                )

            def answer(self, status: int, body: Any, headers: dict[str, str]) -> None:
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", headers.pop("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(raw)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that hung up is what some tests are about

        self.http = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def stop(self) -> None:
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()


def completion(text: str, *, finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "small-0624",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": 30,
            "completion_tokens": 8,
            "total_tokens": 38,
            "prompt_tokens_details": {"cached_tokens": 16},
        },
    }

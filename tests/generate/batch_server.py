"""A small server that speaks /v1/files, /v1/batches and /v1/chat/completions as OpenAI documents them."""

import email
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.generate.chat_server import completion

Line = dict[str, Any]


def answered(line: Line) -> Line:
    """The line that a request gets in the output file: an echo."""
    text = line["body"]["messages"][-1]["content"] + "?"
    response = {"status_code": 200, "request_id": "r", "body": completion(text)}
    return {"id": "batch_req_1", "custom_id": line["custom_id"], "response": response, "error": None}


def failed(line: Line, code: str) -> Line:
    """The line of a request that was never tried."""
    error = {"code": code, "message": "This request could not be executed."}
    return {"id": "batch_req_1", "custom_id": line["custom_id"], "response": None, "error": error}


def refused(line: Line, status: int, message: str) -> Line:
    """The line of a request that was tried and refused."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    response = {"status_code": status, "request_id": "r", "body": body}
    return {"id": "batch_req_1", "custom_id": line["custom_id"], "response": response, "error": None}


class BatchServer:
    """The server and what it has seen.

    Attributes:
        outcome: Gives the line of a request; one without a 200 goes to the error file, None to neither.
        ended: Status in which a batch ends.
        looks: How often a batch is looked at before it ends; None for never.
        most: Requests that may wait in all; a batch above that fails.
        troubles: Statuses with which the next requests, by method and path, are answered.
        before_create_answers: Called when a batch is made and the client does not know yet.
    """

    def __init__(self) -> None:
        self.outcome: Callable[[Line], Line | None] = answered
        self.ended = "completed"
        self.looks: int | None = 1
        self.most = 10**9
        self.troubles: dict[str, list[int]] = {}
        self.before_create_answers: Callable[[], None] = lambda: None
        self.chat: Callable[[Line], tuple[int, Any]] = lambda body: (200, completion("asked at once"))
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Line] = {}
        self.seen: list[str] = []
        self.chats: list[Line] = []
        self.headers: list[dict[str, str]] = []
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.handle_one("GET", b"")

            def do_POST(self) -> None:
                self.handle_one("POST", self.rfile.read(int(self.headers["Content-Length"])))

            def handle_one(self, method: str, raw: bytes) -> None:
                path = self.path.partition("?")[0].removeprefix("/v1")
                with server.lock:
                    server.seen.append(f"{method} {path}")
                    server.headers.append({name.lower(): value for name, value in self.headers.items()})
                    troubles = server.troubles.get(f"{method} {path}") or [0]
                    status: int = troubles.pop(0)
                    body: Any = {"error": {"message": "no"}}
                    if not status:
                        status, body = server.reply(method, path, raw, self.headers["Content-Type"] or "")
                if (method, path, status) == ("POST", "/batches", 200):
                    server.before_create_answers()
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that was killed is what some tests are about

        self.http = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def lines(self, batch: Line) -> list[Line]:
        """The requests of a batch."""
        return [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]

    def submitted(self) -> list[str]:
        """The keys of all requests in batches that were taken up."""
        taken = [batch for batch in self.batches.values() if batch["status"] != "failed"]
        return [line["custom_id"] for batch in taken for line in self.lines(batch)]

    def reply(self, method: str, path: str, raw: bytes, kind: str) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "POST", ["chat", "completions"]:
                self.chats.append(json.loads(raw))
                return self.chat(self.chats[-1])
            case "POST", ["files"]:
                return 200, self.keep(raw, kind)
            case "POST", ["batches"]:
                return 200, self.create(json.loads(raw))
            case "GET", ["batches"]:
                newest = list(reversed(self.batches.values()))
                return 200, {"object": "list", "data": newest, "has_more": False, "first_id": None, "last_id": None}
            case "GET", ["batches", name] if name in self.batches:
                return 200, self.look(self.batches[name])
            case "GET", ["files", name, "content"] if name in self.files:
                return 200, self.files[name]
        return 404, {"error": {"message": f"No such thing: {path}"}}

    def keep(self, raw: bytes, kind: str) -> Line:
        form = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw)
        fields: dict[str, Any] = {}
        for part in form.get_payload():
            assert not isinstance(part, str)
            fields[str(part.get_param("name", header="Content-Disposition"))] = part.get_payload(decode=True)
        assert fields["purpose"] == b"batch"
        name = f"file-{len(self.files) + 1}"
        self.files[name] = fields["file"]
        return {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "f", "purpose": "batch"}

    def create(self, asked: Line) -> Line:
        assert asked["endpoint"] == "/v1/chat/completions"
        assert asked["completion_window"] == "24h"
        name = f"batch_{len(self.batches) + 1}"
        count = len(self.files[asked["input_file_id"]].splitlines())
        counts = {"total": count, "completed": 0, "failed": 0}
        batch = {"id": name, "object": "batch", **asked, "status": "validating", "created_at": int(time.time())}
        self.batches[name] = {**batch, "request_counts": counts, "looks": 0}
        return self.batches[name]

    def look(self, batch: Line) -> Line:
        if batch["status"] not in {"validating", "in_progress"}:
            return batch
        waiting = sum(other["request_counts"]["total"] for other in self.batches.values() if in_progress(other))
        if batch["status"] == "validating" and waiting + batch["request_counts"]["total"] > self.most:
            error = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached for small.", "line": None}
            batch.update(status="failed", errors={"object": "list", "data": [error]})
            return batch
        batch["status"] = "in_progress"
        batch["looks"] += 1
        if self.looks is not None and batch["looks"] > self.looks:
            self.end(batch)
        return batch

    def end(self, batch: Line) -> None:
        batch["status"] = self.ended
        if self.ended == "failed":
            error = {"code": "invalid_json_line", "message": "Line 1 is no request.", "line": 1}
            batch["errors"] = {"object": "list", "data": [error]}
            return
        found = [line for line in map(self.outcome, self.lines(batch)) if line is not None]
        good = [line for line in found if (line["response"] or {}).get("status_code") == 200]
        for field, some in (("output_file_id", good), ("error_file_id", [line for line in found if line not in good])):
            if some:
                batch[field] = f"{batch['id']}-{field}"
                content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in some)
                self.files[batch[field]] = content.encode()
        batch["request_counts"].update(completed=len(good), failed=len(found) - len(good))


def in_progress(batch: Line) -> bool:
    return str(batch["status"]) == "in_progress"

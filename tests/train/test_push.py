"""A finished run goes up to a hub on this machine: what is sent is the model, its card, and nothing of the machine."""

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from schemas import GristmillError, InputError
from train import push
from train.folder import fingerprint


class Hub(BaseHTTPRequestHandler):
    """Takes what is uploaded and keeps it in `server.kept`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept: dict[str, Any] = self.server.kept  # type: ignore[attr-defined] # set where it is made
        kept["tokens"].add(self.headers.get("Authorization"))
        status, answer = 200, dict[str, Any]()
        if self.path == "/api/repos/create":
            kept["created"] = json.loads(body)
            answer = {"url": f"http://{self.headers['Host']}/org/name", "name": "org/name"}
            status = kept["status"]
        elif "/preupload/" in self.path:
            files = json.loads(body)["files"]
            answer = {"files": [{**file, "uploadMode": "regular", "shouldIgnore": False} for file in files]}
        elif "/commit/" in self.path:
            lines = [json.loads(line) for line in body.splitlines()]
            for line in lines:
                if line["key"] == "file":
                    kept["files"][line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            answer = {
                "commitUrl": f"http://{self.headers['Host']}/org/name/commit/1",
                "commitOid": "1",
                "success": True,
            }
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    kept: dict[str, Any] = {"files": {}, "tokens": set(), "status": 200}
    server.kept = kept  # type: ignore[attr-defined] # for the handler
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    yield kept
    server.shutdown()
    server.server_close()


def is_private(request: dict[str, Any]) -> bool:
    return request.get("private") is True or request.get("visibility") == "private"  # as versions of the library say it


def test_the_merged_model_goes_up_private(tiny_run: Path, hub: dict[str, Any]) -> None:
    assert push(tiny_run, "org/name").endswith("/org/name/commit/1")
    assert is_private(hub["created"])
    assert hub["tokens"] == {"Bearer hf_secret"}
    assert hub["files"].keys() == {path.name for path in (tiny_run / "merged").iterdir()}
    assert hub["files"]["model.safetensors"] == (tiny_run / "merged" / "model.safetensors").read_bytes()
    assert not any(b"hf_secret" in text or str(tiny_run).encode() in text for text in hub["files"].values())


def test_the_adapter_names_its_base_without_its_path(tiny_run: Path, tiny_folder: Path, hub: dict[str, Any]) -> None:
    push(tiny_run, "org/name", adapter=True, public=True)
    assert not is_private(hub["created"])
    assert json.loads(hub["files"]["adapter_config.json"])["base_model_name_or_path"] == tiny_folder.name
    assert not any(str(tiny_folder).encode() in text for text in hub["files"].values())


def test_the_card_tells_the_evaluation_of_a_run_of_a_recipe_if_it_is_of_this_model(
    tiny_run: Path, tmp_path: Path, hub: dict[str, Any]
) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "out" / "model")
    evaluation = tmp_path / "out" / "evaluation"
    evaluation.mkdir()
    record = {"rows": 8, "measures": {"f1": {"base": [0.25, 0, 1], "tuned": [0.75, 0, 1]}}}
    (evaluation / "evaluation.json").write_text(json.dumps({**record, "tuned": "merged@another"}))
    push(run, "org/name")
    assert b"| f1 |" not in hub["files"]["README.md"]
    (evaluation / "evaluation.json").write_text(
        json.dumps({**record, "tuned": f"merged@{fingerprint(run / 'merged')}"})
    )
    push(run, "org/name")
    assert b"| f1 | 0.25 | 0.75 |" in hub["files"]["README.md"]


@pytest.mark.parametrize(
    "text", ['{"tuned": "merged@another", "measures": {}}', '{"measures": {}}', "{"], ids=["another", "none", "broken"]
)
def test_an_evaluation_in_the_run_that_is_of_other_weights_is_refused(
    tiny_run: Path, tmp_path: Path, hub: dict[str, Any], text: str
) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "run")
    (run / "evaluation").mkdir()
    (run / "evaluation" / "evaluation.json").write_text(text)
    with pytest.raises(InputError, match=r"this evaluation is of other weights .* Evaluate this run again"):
        push(run, "org/name")
    assert hub["files"] == {}
    record = {"tuned": f"merged@{fingerprint(run / 'merged')}", "measures": {"f1": {"base": [0.25], "tuned": [0.75]}}}
    (run / "evaluation" / "evaluation.json").write_text(json.dumps(record))
    push(run, "org/name")
    assert b"| f1 | 0.25 | 0.75 |" in hub["files"]["README.md"]


def test_a_hub_that_refuses_is_told(tiny_run: Path, hub: dict[str, Any]) -> None:
    hub["status"] = 403
    with pytest.raises(GristmillError, match=r"org/name: the model hub does not take it .*hf auth login") as caught:
        push(tiny_run, "org/name")
    assert "hf_secret" not in str(caught.value)
    assert hub["files"] == {}


@pytest.mark.parametrize(
    ("to", "message"),
    [("name", "not a name of a hub's model"), ("a/b/c", "not a name of a hub's model"), ("-/ö", "Give it as org/name")],
)
def test_what_is_no_name_is_refused(tiny_run: Path, hub: dict[str, Any], to: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        push(tiny_run, to)


def test_what_is_no_finished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no training\.json in it"):
        push(tmp_path, "org/name")
    (tmp_path / "training.json").write_text('{"status": "running"}')
    with pytest.raises(InputError, match="this run is not finished"):
        push(tmp_path, "org/name")
    (tmp_path / "training.json").write_text('{"status": "done"}')
    with pytest.raises(InputError, match="this run is not finished"):
        push(tmp_path, "org/name")
    (tmp_path / "merged").mkdir()
    with pytest.raises(InputError, match="it tuned all weights"):
        push(tmp_path, "org/name", adapter=True)

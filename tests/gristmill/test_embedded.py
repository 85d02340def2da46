import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.embedded import GGUF_SHA256, cache_folder


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRISTMILL_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("GRISTMILL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/gristmill")


def test_without_a_network_one_sentence_tells_what_to_do(tmp_path: Path) -> None:
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "",
        "HF_HUB_OFFLINE": "1",
        "GRISTMILL_CACHE": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "gristmill", "chat", "embedded", "--ask", "Hello?"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **offline},
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("gristmill: the embedded model SmolLM2-135M-Instruct could not be fetched (pip: No matching")
    assert "--model" in last
    assert "Traceback" not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".lock")]


@pytest.mark.model
def test_the_embedded_model_loads_and_is_no_longer_quantised(embedded_folder: Path) -> None:
    record = json.loads((embedded_folder / "gristmill.json").read_text())
    assert record["gguf_sha256"] in {GGUF_SHA256, ""}
    config = json.loads((embedded_folder / "config.json").read_text())
    assert "quantization_config" not in config
    assert config["model_type"] == "llama"
    assert (embedded_folder / "model.safetensors").stat().st_size == 269_060_552

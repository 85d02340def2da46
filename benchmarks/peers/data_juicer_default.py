"""Data-Juicer's MinHash with its defaults, through its command."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from task import run, texts


def drop(path: str) -> list[int]:
    """Write the rows as its command reads them, run it, and read which rows are left."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = texts(path)
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps({"text": text, "row": row}) + "\n" for row, text in enumerate(rows))
        recipe = {
            "dataset_path": str(folder / "rows.jsonl"),
            "export_path": str(folder / "out" / "kept.jsonl"),
            "np": 2,
            "process": [{"document_minhash_deduplicator": {}}],
        }
        (folder / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
        command = [str(Path(sys.executable).parent / "dj-process"), "--config", str(folder / "recipe.yaml")]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
        with (folder / "out" / "kept.jsonl").open(encoding="utf-8") as kept_lines:
            kept = {json.loads(line)["row"] for line in kept_lines}
        return [row for row in range(len(rows)) if row not in kept]


run(drop)

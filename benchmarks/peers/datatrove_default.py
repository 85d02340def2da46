"""datatrove's MinHash with its defaults, in its four steps."""

import tempfile
from pathlib import Path
from typing import Any

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import JsonlWriter
from task import run


def adapt(_self: Any, data: dict[str, Any], _path: str, place: int | str) -> dict[str, Any]:  # Any: datatrove's own
    """Make a document of a row."""
    parts = (data["instruction"], data["input"], data["output"])
    return {"text": "\n".join(filter(None, parts)), "id": str(place)}


def drop(path: str) -> list[int]:
    """Run the four steps, and read which rows are left."""
    import gzip
    import json

    config = MinhashConfig()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reader = ParquetReader(str(Path(path).parent), glob_pattern=Path(path).name, adapter=adapt)
        steps: list[tuple[list[Any], int]] = [  # Any: pipeline blocks
            ([reader, MinhashDedupSignature(output_folder=f"{folder}/signatures", config=config)], 1),
            (
                [
                    MinhashDedupBuckets(
                        input_folder=f"{folder}/signatures", output_folder=f"{folder}/buckets", config=config
                    )
                ],
                config.num_buckets,
            ),
            (
                [
                    MinhashDedupCluster(
                        input_folder=f"{folder}/buckets", output_folder=f"{folder}/remove", config=config
                    )
                ],
                1,
            ),
            (
                [
                    reader,
                    MinhashDedupFilter(input_folder=f"{folder}/remove"),
                    JsonlWriter(f"{folder}/kept", output_filename="${rank}.jsonl.gz"),
                ],
                1,
            ),
        ]
        for number, (blocks, tasks) in enumerate(steps):
            LocalPipelineExecutor(
                blocks, tasks=tasks, workers=2 if tasks > 1 else 1, logging_dir=f"{folder}/logs{number}"
            ).run()
        kept = set()
        for file in (folder / "kept").glob("*.jsonl.gz"):
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                kept |= {int(json.loads(line)["id"].rpartition("/")[2]) for line in lines}
        import pyarrow.parquet as pq

        return [row for row in range(pq.read_metadata(path).num_rows) if row not in kept]


if __name__ == "__main__":
    run(drop)

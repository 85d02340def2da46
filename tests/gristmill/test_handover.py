"""What others read of our results, without any of our code: pandas, datasets, and plain TRL."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from schemas.example import Example, Message, Origin, Source, examples_table
from schemas.parquet import write_table

PLAIN_TRL = """
import sys
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

rows = load_dataset("parquet", data_files=sys.argv[1], split="train", cache_dir=sys.argv[3] + "/cache")
assert rows.column_names == ["id", "messages", "context", "source", "origin"], rows.column_names
trainer = SFTTrainer(
    model=AutoModelForCausalLM.from_pretrained(sys.argv[2]),
    processing_class=AutoTokenizer.from_pretrained(sys.argv[2]),
    train_dataset=rows.select_columns(["messages"]),
    args=SFTConfig(output_dir=sys.argv[3], max_steps=2, use_cpu=True, bf16=False, report_to="none"),
)
print("loss", trainer.train().training_loss)
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Give a Parquet file as every step writes it, with rows that have all fields and rows that have few."""
    rows = [
        Example(
            messages=(Message("user", f"What is {n}?"), Message("assistant", f"It is {n}, as the table says.")),
            context="The table." if n % 2 else None,
            source=Source(document="a.md", section="A", start=0, end=3, quote="abc") if n % 3 else None,
            origin=Origin(strategy="template", model="", prompt="", seed=1) if n % 5 else None,
        )
        for n in range(20)
    ]
    file = tmp_path / "curated.parquet"
    write_table(file, examples_table(rows))
    return file


def test_pandas_reads_it(dataset: Path) -> None:
    frame = pd.read_parquet(dataset)
    assert len(frame) == 20
    assert frame["messages"][3][0] == {"role": "user", "content": "What is 3?"}


def test_datasets_reads_it_and_plain_trl_trains_on_its_messages(
    dataset: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PLAIN_TRL, str(dataset), str(tiny_folder), str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "loss" in done.stdout

"""Public benchmarks and the user's own tasks through lm-evaluation-harness, base against tuned."""

from train.harness.config import BenchConfig
from train.harness.model import Contestant
from train.harness.report import BenchReport
from train.harness.run import bench, of_run

__all__ = ["BenchConfig", "BenchReport", "Contestant", "bench", "of_run"]

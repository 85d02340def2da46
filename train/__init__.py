"""Preflight, supervised fine-tuning with TRL, evaluation of base against tuned."""

from train.checked import PREFLIGHT_SCHEMA, Checked, PartCounts, Preflight
from train.config import TrainConfig
from train.evaluation import Comparison, EvaluateConfig, EvaluationReport, evaluate
from train.evaluation.metrics import exact_match, token_f1
from train.folder import model_name
from train.interval import Interval, bootstrap
from train.merge import Drift, merge
from train.mix import MixPart
from train.model import LocalModel, Score
from train.preflight import check_rows
from train.push import push
from train.render import Renderer
from train.rendered import Fault, Rendered
from train.report import TrainReport
from train.run import Rows, read_rows, train
from train.split import Split, split

__all__ = [
    "PREFLIGHT_SCHEMA",
    "Checked",
    "Comparison",
    "Drift",
    "EvaluateConfig",
    "EvaluationReport",
    "Fault",
    "Interval",
    "LocalModel",
    "MixPart",
    "PartCounts",
    "Preflight",
    "Rendered",
    "Renderer",
    "Rows",
    "Score",
    "Split",
    "TrainConfig",
    "TrainReport",
    "bootstrap",
    "check_rows",
    "evaluate",
    "exact_match",
    "merge",
    "model_name",
    "push",
    "read_rows",
    "split",
    "token_f1",
    "train",
]

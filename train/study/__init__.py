"""Does the data help: subsets of the rows and curation stages left out, trained alike and held against one another."""

from train.study.config import StudyConfig
from train.study.law import Forecast, Law
from train.study.report import Point, StageWorth, StudyReport
from train.study.run import study
from train.study.shared import Ablation

__all__ = ["Ablation", "Forecast", "Law", "Point", "StageWorth", "StudyConfig", "StudyReport", "study"]

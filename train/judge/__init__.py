"""A language model as the judge of pairs of answers, and judging the judge."""

from train.judge.config import JudgeConfig
from train.judge.judge import judge_answers, requests_left
from train.judge.report import VERDICTS_SCHEMA, JudgeReport

__all__ = ["VERDICTS_SCHEMA", "JudgeConfig", "JudgeReport", "judge_answers", "requests_left"]

"""Rules that judge one row by its text, and the stage that runs them all in one walk over the bytes."""

from curate.lint.rules import CODES, MEANINGS, RULES, Rule
from curate.lint.stage import Lint

__all__ = ["CODES", "MEANINGS", "RULES", "Lint", "Rule"]

"""C4's rules for web pages."""

import re
from dataclasses import dataclass

import pyarrow as pa

from curate.presets.rules import Rule, judged, measured, warning
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts

ALPACA = "36%"
_ENDS = (".", "?", "!", '"', "'", "”")
_ELLIPSES = ("...", "…")
_POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|$)")  # noqa: RUF001 - closing quotes of both kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class C4:
    """Keep texts of which C4 would keep enough (Raffel and others 2020, JMLR 21:140, section 2.2).

    Lines count that end in a full stop, question mark, exclamation mark or closing quotation mark, have words enough
    and none of more than 1,000 characters, and name neither JavaScript nor a cookie policy. C4 also removes the other
    lines, pages with a word of a list, and three sentences that stand on two pages; this stage drops rows, changes none
    and has no such list.

    Not for instruction rows: it drops code for its brackets, lists and short answers.

    Attributes:
        of: View to judge.
        sentences: Fewest sentences in the lines that count; None switches the rule off. The paper has 3, and lines of
            5 words; its first version had 5, and lines of 3 words.
        line_words: Fewest words of a line that counts.
        brackets: Whether a curly bracket drops a text.
        lorem_ipsum: Whether `lorem ipsum` drops it.
    """

    of: View = "response"
    sentences: int | None = 3
    line_words: int = 5
    brackets: bool = True
    lorem_ipsum: bool = True

    thresholds = ("sentences", "brackets", "lorem_ipsum")
    by_text = True

    def __post_init__(self) -> None:
        check_view(self.of, f"stage {self.name}")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "c4"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, float64: `sentences`; `brackets` and `lorem_ipsum`, how often they stand there."""
        return measured(rows, self.of, ("lorem_ipsum", "brackets", "sentences"), self._measure)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop texts that break a rule."""
        rules = (
            Rule("c4_lorem_ipsum", "lorem_ipsum", high=0 if self.lorem_ipsum else None),
            Rule("c4_curly_bracket", "brackets", high=0 if self.brackets else None),
            Rule("c4_too_few_sentences", "sentences", low=self.sentences),
        )
        return judged(rules, signals)

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Say what these rules do to instruction rows."""
        return warning(verdicts, "C4", ALPACA)

    def _measure(self, text: str) -> tuple[float, ...]:
        lines = (_CITATION.sub("", line.strip()) for line in text.splitlines())
        sentences = sum(max(len(_SENTENCE_END.findall(line)), 1) for line in lines if self._counts(line))
        return text.lower().count("lorem ipsum"), text.count("{"), sentences

    def _counts(self, line: str) -> bool:
        """Tell whether C4 keeps a line that has been stripped of citations."""
        words, small = line.split(), line.lower()
        return (
            line.endswith(_ENDS)
            and not line.endswith(_ELLIPSES)
            and len(words) >= self.line_words
            and max(map(len, words), default=0) <= 1000
            and "javascript" not in small
            and not any(policy in small for policy in _POLICIES)
        )

"""A language model as the judge of rows, through the `Client` protocol."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import plain, strings
from curate.quality.spearman import spearman
from curate.quality.verdict import Verdict, read_verdict, schema
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from curate.words import word_counts
from schemas.chat import ChatRequest, Client
from schemas.errors import InputError, LLMError
from schemas.example import Message
from schemas.judge_prompt import prompt_template, quoted, read_prompt

if TYPE_CHECKING:
    from jinja2 import Template

MEANINGS = {"judged_low": "was graded too low by the judge"}
CRITERIA = {
    "helpful": "the answer does what the instruction asks for, fully",
    "correct": "what the answer says is true and follows from what is given",
    "clear": "the answer is well written, without padding",
}
LONGEST = 8_000  # characters of a prompt or an answer that the judge sees
TELLING = 0.3
_PROMPT = Path(__file__).parent / "prompts" / "judge.jinja"
_GRADED, _UNREADABLE, _REFUSED, _LOST = range(4)  # the last is of rows that may get a reply another time
_MANY = 10  # rows that are not lost all at once by chance
_WHERE = "stage judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Have a language model grade each row from 1 to 5 by each criterion, and drop rows only where a limit is set.

    The grades are written as columns `judge_NAME`, their mean as `judge_score`, the reason as `judge_reason`. A reply
    that is no verdict gives no grade, is counted, and the row stays. The report tells the tokens spent, the dollars
    where prices are given, and how the score goes with the length of the answer: judges like long answers.

    Attributes:
        client: Who answers.
        criteria: What to grade, by name, each with its meaning.
        low: Least mean grade that stays; None for no limit.
        max_tokens: Most tokens of a reply.
        prices: Dollars for a million tokens of prompts and of replies; None where they are not known.
        prompt: Jinja file with the blocks `system` and `user`; empty for the one that comes along. It is given
            `prompt` and `response`, both as JSON strings so that no row can end its own quotation, and `criteria`.
    """

    costly: ClassVar[bool] = True
    by_text: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("low", "prices")
    client: Client
    criteria: Mapping[str, str] = field(default_factory=lambda: dict(CRITERIA))
    low: float | None = None
    max_tokens: int = 200
    prices: tuple[float, float] | None = None
    prompt: str = ""

    def __post_init__(self) -> None:
        bad = [name for name in self.criteria if not name.isidentifier() or name in {"reason", "score"}]
        if bad or not self.criteria:
            raise InputError(
                f"criteria are {', '.join(self.criteria) or 'none'}",
                where=_WHERE,
                mend="Name at least one, by plain words other than reason and score",
            )
        if self.low is not None and not 1 <= self.low <= 5:
            raise InputError(f"low is {self.low}", where=_WHERE, mend="Choose a grade from 1 to 5")
        if self.max_tokens < 1:
            raise InputError(f"max_tokens is {self.max_tokens}", where=_WHERE, mend="Choose 1 or more")
        if self.prices is not None and min(self.prices) < 0:
            raise InputError("a price is below 0", where=_WHERE, mend="Give dollars for a million tokens")
        if self.prompt:  # what is wrong with it is told now, and not after other work
            self._turns(prompt_template(Path(self.prompt)), "x", "x")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "judge"

    @property
    def fingerprint(self) -> str:
        """Hash of the model, its place and the prompt."""
        whole = json.dumps([self.client.route, self.client.model, read_prompt(_file(self.prompt))])
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: int8 grades by criterion, `reason`, `state`, int32 tokens of prompt and reply, words of the answer.

        Raises:
            LLMError: Several requests were refused, or many lost, and not one was answered: then it is the client that
                is wrong, not the rows.
        """
        count = len(rows)
        grades: list[Verdict | None] = [None] * count
        state = np.zeros(count, dtype=np.int8)
        tokens = np.zeros((2, count), dtype=np.int32)
        error: LLMError | None = None
        for position, outcome in self.client.complete(self._requests(rows)):
            if isinstance(outcome, LLMError):
                error = outcome
                state[position] = _LOST if error.retryable else _REFUSED
                continue
            tokens[:, position] = outcome.prompt_tokens, outcome.completion_tokens
            grades[position] = read_verdict(outcome.text, tuple(self.criteria))
            state[position] = _UNREADABLE if grades[position] is None else _GRADED
        if error is not None and count > (_MANY if error.retryable else 1) and bool((state >= _REFUSED).all()):
            raise error
        columns: dict[str, Any] = {  # Any: arrays of different types
            f"grade_{name}": pa.array([None if each is None else each.grades[name] for each in grades], pa.int8())
            for name in self.criteria
        }
        return signals(
            **columns,
            reason=strings([None if each is None else each.reason for each in grades]),
            state=state,
            prompt_tokens=tokens[0],
            completion_tokens=tokens[1],
            words=word_counts(rows["response"]),
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows whose mean grade is below the limit, with the judge's reason as evidence."""
        score = self._score(signals)
        missing = np.isnan(score)
        low = np.zeros(len(score), dtype=bool) if self.low is None else score < self.low
        grades = {f"judge_{name}": signals[f"grade_{name}"] for name in self.criteria}
        scores = pa.array(score, mask=missing)
        return keep(
            where=~low,
            reason="judged_low",
            score=scores,
            threshold=self.low,
            evidence=signals["reason"],
            columns={"judge_score": scores, **grades, "judge_reason": signals["reason"]},
        )

    def lasting(self, signals: pa.Table, /) -> pa.BooleanArray:
        """Mark the rows that need not be asked about again by the next run."""
        return pc.not_equal(signals["state"].combine_chunks(), pa.scalar(_LOST, pa.int8()))

    def alarms(self, signals: pa.Table, _: Verdicts, /) -> list[str]:
        """Tell what it cost, how many replies were no verdict, and how the score goes with the length."""
        state = signals["state"].to_numpy()
        spent = [int(pc.sum(signals[name]).as_py() or 0) for name in ("prompt_tokens", "completion_tokens")]
        paid = "" if self.prices is None else f", {sum(np.multiply(spent, self.prices)) / 1e6:.2f} dollars"
        found = [f"the judge read {spent[0]:,} tokens and wrote {spent[1]:,}{paid}"]
        unreadable, unanswered = int((state == _UNREADABLE).sum()), int((state >= _REFUSED).sum())
        for rows, text in ((unreadable, "got a reply that is no verdict"), (unanswered, "got no reply")):
            if rows:
                found.append(f"{rows:,} of {len(state):,} rows {text}, have no grade and stay")
        score = self._score(signals)
        known = ~np.isnan(score)
        rho = spearman(score[known], signals["words"].to_numpy()[known].astype(np.float64))
        if abs(rho) > TELLING:
            longer = "longer" if rho > 0 else "shorter"
            found.append(
                f"the judge's score goes with the length of the answer (Spearman {rho:+.2f}): it prefers {longer} ones"
            )
        return found

    def _score(self, signals: pa.Table) -> Any:  # Any: numpy's type of a mean
        """Give the mean grade of each row, NaN where there is none."""
        grades = [signals[f"grade_{name}"].to_numpy().astype(np.float64) for name in self.criteria]
        return np.mean(grades, axis=0)

    def _requests(self, rows: Rows) -> Sequence[ChatRequest]:
        template = prompt_template(_file(self.prompt))
        return [
            ChatRequest(
                messages=self._turns(template, prompt, response),
                max_tokens=self.max_tokens,
                temperature=0.0,
                schema=schema(tuple(self.criteria)),
            )
            for prompt, response in zip(plain(rows["prompt"]), plain(rows["response"]), strict=True)
        ]

    def _turns(self, template: "Template", prompt: str, response: str) -> tuple[Message, ...]:
        """Write what the judge is sent about one row."""
        import jinja2

        said = {"prompt": quoted(prompt, LONGEST), "response": quoted(response, LONGEST)}
        values = {**said, "criteria": dict(self.criteria)}
        try:
            return tuple(
                Message(role, "".join(template.blocks[role](template.new_context(values))).strip())
                for role in ("system", "user")
            )
        except jinja2.TemplateError as error:
            raise InputError(
                f"the prompt cannot be filled in ({error.message})",
                where=str(_file(self.prompt)),
                mend="It is given prompt, response and criteria",
            ) from error


def _file(prompt: str) -> Path:
    """Give the user's prompt, or ours."""
    return Path(prompt) if prompt else _PROMPT

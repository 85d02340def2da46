"""The model words an order to pull facts out of a passage, and pulls them out; the user's turn holds the passage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from generate.answers import WORD
from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import find_quote
from generate.rejection import Rejection
from generate.strategies.form_requests import check_form_request
from generate.strategies.strategy import Draft, Steps, Unit, or_else
from generate.structured import one, read_objects
from schemas import ChatResponse, InputError, Message, Source, normal

FactsForm = Literal["json", "list", "table"]

_FORMS: dict[FactsForm, tuple[str, tuple[str, ...]]] = {
    "json": ("as JSON", ("json",)),
    "list": ("as a list", ("list", "bullet")),
    "table": ("as a table", ("table", "column")),
}
_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "instruction": {"type": "string"},
            "columns": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "rows": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}, "minItems": 1},
        },
        "required": ["instruction", "columns", "rows"],
        "additionalProperties": False,
    }
)
_HIGH_WORDS = 25  # of a value: more is no fact but a part of the text


class Facts(NamedTuple):
    """What a model pulled out: a table with a name for each column."""

    instruction: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Ask a model for an order to pull facts out of a section, and for the facts, each in the section's own words.

    Every value must stand in the passage; whether it stands in the right row is not judged. The prompt `extract` may
    use `whereabouts`, `passage` and `form`, the form of the answer in words.

    Attributes:
        share: Its weight among the strategies of a run.
        forms: Forms of answers, of which one is drawn for each section with the seed.
        least_values: Fewest values of an answer.
        max_tokens: Most tokens that the model may write.
        temperature: 0 for greedy decoding.
    """

    name = "extract"
    prompts = ("extract",)
    yields = 1
    calls = 1
    share: float = 1.0
    forms: tuple[FactsForm, ...] = ("json", "list", "table")
    least_values: int = 3
    max_tokens: int = 800
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if not self.forms or not set(self.forms) <= set(_FORMS):
            raise InputError(f"forms is {list(self.forms)}", mend=f"Name some of {', '.join(_FORMS)}")
        for key in ("least_values", "max_tokens"):
            if getattr(self, key) < 1:
                raise InputError(f"{key} is {getattr(self, key)}", mend="Give it a number of at least 1")

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section."""
        return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for order and facts; once more, with the reason, where none can be read or, with `brief.repair`, used."""
        (candidate,) = unit.candidates
        form = self.forms[int(draw(brief.seed, self.name, unit.name, str(unit.sample)).integers(len(self.forms)))]
        told, _ = _FORMS[form]
        request = brief.ask(
            brief.prompt("extract").messages(
                whereabouts=candidate.whereabouts, passage=brief.shown(candidate.passage), form=told
            ),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=unit.sample,
            schema=_SCHEMA,
        )
        response = yield request
        draft = self._draft(response, candidate, form)
        if draft.fault is None or not (brief.repair or draft.fault.reason == "no_json"):
            return [draft]
        again = yield from or_else(one(brief.again(request, response, draft.fault)), None)
        return [draft] if again is None else [draft, self._draft(again, candidate, form)]

    def _draft(self, response: ChatResponse, candidate: Candidate, form: FactsForm) -> Draft:
        """Read and judge an answer."""
        facts = read_facts(response)
        if isinstance(facts, Rejection):
            return Draft(context=candidate.passage, response=response.text, fault=facts)
        instruction, passage = in_form(facts.instruction, form), candidate.passage
        return Draft(
            messages=(
                Message("user", f"{instruction}\n\n{passage}"),
                Message("assistant", render(facts, form)),
            ),
            context=candidate.passage,
            source=evidence(facts, candidate),
            response=response.text,
            fault=check_form_request(instruction, candidate)
            or check_facts(facts, candidate.passage, self.least_values),
        )


def read_facts(response: ChatResponse) -> Facts | Rejection:
    """Read the facts of an answer; numbers are taken as texts."""
    found = read_objects(response, ["instruction", "columns", "rows"])
    if isinstance(found, Rejection):
        return found
    instruction, columns, rows = (found[0][key] for key in ("instruction", "columns", "rows"))
    if not (isinstance(instruction, str) and instruction.strip()):
        return Rejection("broken_item", "there is no instruction")
    if not (isinstance(columns, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
        return Rejection("broken_item", "columns is no list, or rows no list of lists")
    cells = tuple(tuple(_text(cell) for cell in row) for row in rows)
    return Facts(" ".join(instruction.split()), tuple(_text(name) for name in columns), cells)


def check_facts(facts: Facts, passage: str, least_values: int = 1) -> Rejection | None:
    """Judge whether facts are a table of values that stand in the passage.

    Args:
        facts: The facts.
        passage: The passage.
        least_values: Fewest values.
    """
    names = [normal(name) for name in facts.columns]
    if not names or not all(names) or len(set(names)) < len(names):
        return Rejection("broken_table", f"columns without a name, or two of one: {', '.join(facts.columns)[:160]}")
    if any(len(row) != len(names) for row in facts.rows):
        return Rejection("broken_table", f"a row has not {len(names)} cells, as many as there are columns")
    if len(set(facts.rows)) < len(facts.rows):
        return Rejection("repeated_row", "two rows are the same")
    values = [cell for row in facts.rows for cell in row]
    if len(values) < least_values:
        return Rejection("too_few_values", f"{len(values)}, fewer than {least_values}")
    for value in values:
        if not value:
            return Rejection("empty_value", "a cell is empty")
        if len(WORD.findall(value)) > _HIGH_WORDS:
            return Rejection("long_value", value[:160])
        found = find_quote(passage, value)
        if found is None or found.how == "fuzzy":
            return Rejection("foreign_value", value[:160])
    return None


def render(facts: Facts, form: FactsForm) -> str:
    """Write facts as JSON (one row an object, several a list of them), as a list or as a table in Markdown."""
    if form == "table":
        lines = [facts.columns, ("---",) * len(facts.columns), *facts.rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
    records = [dict(zip(facts.columns, row, strict=False)) for row in facts.rows]
    if form == "json":
        return json.dumps(records[0] if len(records) == 1 else records, ensure_ascii=False, indent=2)
    if len(records) == 1:
        return "\n".join(f"- {name}: {value}" for name, value in records[0].items())
    return "\n".join(f"- {'; '.join(_told(record))}" for record in records)


def _told(record: dict[str, str]) -> list[str]:
    """Write one row of a list; a single column needs no name at every value."""
    return list(record.values()) if len(record) == 1 else [f"{name}: {value}" for name, value in record.items()]


def in_form(instruction: str, form: FactsForm) -> str:
    """Have an instruction name the form of its answer, where it does not."""
    told, names = _FORMS[form]
    if any(name in instruction.lower() for name in names):
        return instruction
    return (
        f"{instruction.rstrip('.!: ')}, {told}." if not instruction.endswith("?") else f"{instruction} Answer {told}."
    )


def evidence(facts: Facts, candidate: Candidate) -> Source | None:
    """Point at the stretch of the section that the values come from; None where one does not stand there."""
    text, section = candidate.document.text, candidate.section
    found = [find_quote(text, cell, start=section.start, end=section.end) for row in facts.rows for cell in row]
    places = [place for place in found if place is not None]
    if not places or len(places) < len(found):
        return None
    start, end = min(place.start for place in places), max(place.end for place in places)
    return Source(document=section.document, section=section.label, start=start, end=end, quote=text[start:end])


def _text(value: object) -> str:
    """Give a cell as text; what is no text and no number is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())

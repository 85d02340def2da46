"""The evaluation in Markdown, short enough for a pull request; nothing that a model or a document says is markup."""

from collections.abc import Mapping, Sequence
from typing import Any

from train.evaluation.measures import MEASURES
from train.evaluation.page import number, row_names, signed
from train.evaluation.shown import markdown
from train.interval import FEWEST

_LOSING = 5
_EXPLAINED = (
    "Differences are tuned minus base, with paired 95 % bootstrap intervals; where the interval holds 0, or fewer than "
    f"{FEWEST} rows differ, there is no clear difference."
)


def render_summary(record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:  # Any: values of JSON
    """Render the summary from what evaluation.json and answers.parquet hold."""
    parts = [
        f"## Base against tuned: {_name(record['base'])}",
        markdown(record["headline"], longest=1_000),
        _measures(record),
        _errors(record),
        _slices(record),
        _guardrails(record),
        *(_section(section) for section in record["sections"].values()),
        _answers(record, rows),
        "\n".join(f"- {markdown(note, longest=1_000)}" for note in record["notes"]),
        _EXPLAINED,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _name(model: str) -> str:
    return markdown(model.partition("@")[0])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Make a table with numbers to the right of the first column."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _apart(values: Sequence[float | None], *, percent: bool) -> str:
    middle, low, high = (signed(value, percent=percent) for value in values)
    return f"{middle} [{low}, {high}]"


def _measures(record: Mapping[str, Any]) -> str:  # Any: as above
    rows = []
    for name, each in record["measures"].items():
        share = MEASURES[name].percent
        sides = [number(each[model][0], percent=share) for model in ("base", "tuned")]
        rows.append([MEASURES[name].label, *sides, _apart(each["difference"], percent=share), each["verdict"]])
        if name == "nll":
            perplexity = [number(record["perplexity"][model]) for model in ("base", "tuned")]
            rows.append(["perplexity of gold", *perplexity, "", ""])
    return _table(["measure", "base", "tuned", "difference", "tuned is"], rows)


def _errors(record: Mapping[str, Any]) -> str:  # Any: as above
    rows = [
        [
            markdown(each["name"]),
            f"{each['base']} of {each['judged']}",
            f"{each['tuned']} of {each['judged']}",
            _apart(each["share"]["difference"], percent=True),
            each["share"]["verdict"],
        ]
        for each in record["errors"]
        if each["share"] is not None and (each["base"] or each["tuned"])
    ]
    return _table(["error", "base", "tuned", "points", "tuned is"], rows) if rows else ""


def _slices(record: Mapping[str, Any]) -> str:  # Any: as above
    losing = [each for each in record["slices"] if (each["measures"]["f1"]["difference"][0] or 0) < 0]
    losing.sort(key=lambda each: each["measures"]["f1"]["difference"][0])
    rows = [
        [
            f"{each['by']}: {markdown(each['name'], longest=80)}",
            str(each["rows"]),
            _apart(each["measures"]["f1"]["difference"], percent=True),
        ]
        for each in losing[:_LOSING]
    ]
    return _table(["slices that lose most in token F1", "rows", "points"], rows) if rows else ""


def _guardrails(record: Mapping[str, Any]) -> str:  # Any: as above
    rows = [
        [
            markdown(guard["kind"].replace("_", " ")),
            str(guard["rows"]),
            *(number(guard["refused"][model][0], percent=True) for model in ("base", "tuned")),
            _apart(guard["refused"]["difference"], percent=True),
        ]
        for guard in record["guardrails"]["guards"]
    ]
    return _table(["refused", "rows", "base", "tuned", "points"], rows) if rows else ""


def _section(section: Mapping[str, Any]) -> str:  # Any: as above
    head, rows = (
        [markdown(cell) for cell in section["head"]],
        [[markdown(cell) for cell in row] for row in section["rows"]],
    )
    parts = [
        f"### {markdown(section['title'])}",
        markdown(section["lead"], longest=1_000),
        _table(head, rows) if head else "",
    ]
    parts += [markdown(note, longest=1_000) for note in section["notes"]]
    return "\n\n".join(part for part in parts if part)


def _answers(record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:  # Any: rows of answers.parquet
    """Show the answer that gained most and the one that lost most."""
    ordered = sorted(rows, key=lambda row: (row["base_f1"] - row["tuned_f1"], row["row"]))
    chosen = [("gained most", ordered[0]), ("lost most", ordered[-1])] if len(ordered) > 1 else []
    named = row_names(record, asked=True)
    lines = []
    for label, row in chosen:
        place = markdown(named(row["row"]))
        lines.append(f"**The answer that {label}** (row {place}): {markdown(row['last_question'])}")
        for name, text in (("gold", row["gold"]), ("base", row["base_answer"]), ("tuned", row["tuned_answer"])):
            lines.append(f"- {name}: {markdown(text)}")
        lines.append("")
    return "\n".join(lines).rstrip()

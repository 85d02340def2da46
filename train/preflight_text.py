"""The preflight in a few lines for a terminal: what is left out and why, what is worth knowing, how long rows are."""

from collections.abc import Mapping, Sequence

from schemas.counted import counted
from train.checked import Preflight
from train.histogram import bars, quantile_lines
from train.mix import label

_LISTED = 5

MEANINGS: Mapping[str, str] = {
    "answer_not_rendered": "the chat template does not write the answer as it stands in the row",
    "copy_of_held_out": "its prompt, its answer or a near copy is held out, and leaks = drop leaves it out",
    "doubled_bos": "it starts with two start tokens: one of the template and one of the text",
    "doubled_eos": "the end-of-turn token stands inside an answer, so the model would learn to stop there",
    "empty_answer": "an assistant turn has no text",
    "no_answer": "there is no assistant turn",
    "not_drawn": "the weight of its dataset takes a part of the rows, and not this one",
    "not_unicode": "the text holds half of a surrogate pair, which no tokenizer can read",
    "nothing_to_train": "the prompt alone fills max_length",
    "null_content": "a turn has no role or no text",
    "other_split": "the column split keeps it for something else",
    "over_length": "it has more tokens than max_length",
    "prompt_not_prefix": "the prompt that generation would send is not how the row begins",
    "template_raised": "the chat template refuses it",
    "unreadable": "the file's row cannot be read",
    "closed_by_us": "the template ends no answer that other turns follow, so the end-of-turn token is put behind it, "
    "in training and by `gristmill evaluate` and `chat`; a server that renders the template itself leaves it out",
    "control_token": "a turn holds the text of a control token",
    "injected_system": "the chat template adds a system prompt of its own",
    "labels_differ": "the tokens that are learnt decode to another text than the answer",
    "leaks_into_training": "it is held out, and its prompt, its answer or a near copy is trained",
    "lost_end_of_turn": "the cut took the end of its last answer",
    "truncated": "it is cut at max_length",
}
"""What each reason and note means."""


def code_lines(seen: Preflight) -> list[str]:
    """Tell how many rows each reason keeps out of training, and each note is about, with the first of them."""
    lines = [
        f"  left out: {count} {reason.replace('_', ' ')} (rows {_rows(seen, reason)})"
        for reason, count in seen.left_out.items()
    ]
    lines += [
        f"  note: {count} {note.replace('_', ' ')} (rows {_rows(seen, note)})"
        for note, count in seen.noted.items()
        if note != "injected_system"
    ]
    if seen.injected_system and seen.noted.get("injected_system"):
        lines.append(f"  note: the model's template puts its own system prompt first: {seen.injected_system!r}")
    if seen.template_origin == "alpaca":
        lines.append("  note: the model has no chat template, so Alpaca's is used, and saved with the tuned model")
    return lines


def part_lines(seen: Preflight) -> list[str]:
    """Tell what a mix takes of each dataset."""
    return [
        f"  {part.name}: {part.rows:,} rows, {part.trained:,} trained, {part.held_out:,} held out"
        + (
            f"; weight {part.weight:g}: {part.rows_an_epoch:,} rows and {part.tokens_an_epoch:,} tokens an epoch"
            if part.weight
            else ""
        )
        for part in seen.parts
    ]


def length_lines(seen: Preflight, *, ascii_only: bool = False) -> list[str]:
    """Draw how long rows are, and tell how their tokens are divided."""
    if not seen.histogram:
        return []
    origin = {"data": "chosen from the rows", "model": "all that the model reads", "given": "given"}[
        seen.max_length_origin
    ]
    tokens = {"row": seen.quantiles, "prompt": seen.prompt_quantiles, "completion": seen.completion_quantiles}
    return [
        f"  tokens of a row, and rows (max_length is {seen.max_length:,}, {origin}; longer ones: {seen.over_length}):",
        *(f"    {line}" for line in bars(seen.histogram, ascii_only=ascii_only)),
        *(f"    {line}" for line in quantile_lines(tokens)),
        f"  {token_line(seen)}",
    ]


def token_line(seen: Preflight) -> str:
    """Tell how many tokens of the rows to train are read alone and learnt, and how many are held out."""
    held = counted(seen.held_out, "row", "are", one="is")
    aside = f"; {held} held out, with {seen.held_out_tokens:,} tokens" if seen.held_out else ""
    return f"{seen.prompt_tokens:,} tokens are read alone and {seen.completion_tokens:,} are learnt{aside}"


def _rows(seen: Preflight, code: str) -> str:
    rows: Sequence[int] = seen.examples[code]
    return ", ".join(label(row, seen.parts) for row in rows[:_LISTED]) + (" ..." if len(rows) > _LISTED else "")

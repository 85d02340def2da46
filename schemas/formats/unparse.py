"""One example as the row of a format: what `twins.render` gives, or the original columns where they still hold."""

from collections.abc import Container, Iterator
from typing import Any

import pyarrow as pa

from schemas.errors import RowError
from schemas.formats.csv_rows import is_messages_text
from schemas.formats.layout import EXAMPLE, FORMATS, canonical
from schemas.formats.own import NATIVE, ORIGINAL, back, is_original
from schemas.formats.shapes import decode
from schemas.formats.twins import Turn, UnfitError, Values, parse, render, split_conversation

_ROWS = 4096


def format_rows(table: pa.Table, name: str, file: str, *, cells: bool = False) -> Iterator[Values]:
    """Write the rows of a table in a format, as JSON values by column; nulls and ride-along columns are left out.

    Args:
        table: Examples.
        name: The format, another than `example`.
        file: What the output is called in errors.
        cells: Whether it is a CSV.

    Raises:
        RowError: The format cannot hold a row.
    """
    original = has_original(table.schema)
    own = table.select(["messages", "context", "source", "origin", *([ORIGINAL.name] if original else ())])
    spoken = name == "prompt_completion" and _must_converse(own, cells=cells)
    number = 0
    for batch in own.to_batches(max_chunksize=_ROWS):
        originals = decode(batch.column(ORIGINAL.name), ORIGINAL) if original else [None] * batch.num_rows
        rest = (batch.column(each).to_pylist() for each in ("messages", "context", "source", "origin"))
        for messages, context, source, origin, kept in zip(*rest, originals, strict=True):
            number += 1
            turns = [(message["role"], message["content"]) for message in messages]
            try:
                values = _row(name, turns, context, kept, spoken=spoken)
            except UnfitError as error:
                mend = "Write another format, such as messages, or leave the row out"
                raise RowError(str(error), file=file, row=number, mend=mend) from None
            foreign = kept if kept is not None and kept["format"] != name else None
            extra = {"source": source, "origin": origin, ORIGINAL.name: foreign}
            yield {**values, **{key: each for key, each in extra.items() if each is not None}}


def along_names(schema: pa.Schema, name: str) -> dict[str, str]:
    """Give the columns that ride along, each with its name in a file of the format.

    One that has the name of a column of the format is called `original_<name>` there.
    """
    if name == EXAMPLE.name:
        return {each: each for each in schema.names if each not in NATIVE}
    reserved = {*FORMATS[name].required, *FORMATS[name].optional}
    ours = {*NATIVE, *([ORIGINAL.name] if has_original(schema) else ())}
    return {each: free_name(back(each), reserved) for each in schema.names if each not in ours}


def free_name(name: str, taken: Container[str]) -> str:
    """Put `original_` in front of a name until it is none of those that are taken."""
    while name in taken:
        name = f"original_{name}"
    return name


def has_original(schema: pa.Schema) -> bool:
    """Tell whether a table has our column of rows as they stood in their file."""
    return ORIGINAL.name in schema.names and is_original(schema.field(ORIGINAL.name))


def _must_converse(own: pa.Table, *, cells: bool) -> bool:
    """Tell whether prompt and completion must be lists of messages: a trainer reads all rows like the first.

    In a CSV a text that happens to be such a list would be read as one, so there it must be written as one too.
    """
    for batch in own.to_batches(max_chunksize=_ROWS):
        if ORIGINAL.name in own.column_names:
            originals = [each for each in decode(batch.column(ORIGINAL.name), ORIGINAL) if each is not None]
            if any(isinstance(each["row"].get("prompt"), list) for each in originals):
                return True
        conversations: list[Any] = batch.column("messages").to_pylist()
        for messages in conversations:
            if [each["role"] for each in messages] != ["user", "assistant"]:
                return True
            if cells and all(is_messages_text(each["content"]) for each in messages):
                return True
    return False


def _row(name: str, turns: list[Turn], context: str | None, original: Any, *, spoken: bool) -> Values:
    """Give a row's original columns if they still say the same, and otherwise the format's own way to say it."""
    if original is not None and original["format"] == name:
        values: Values = original["row"]
        try:
            if parse(canonical(name), values) == (turns, context):
                return dict(values)
        except UnfitError:  # somebody changed it, so it says nothing any more
            pass
    return split_conversation(turns, context) if spoken else render(name, turns, context)

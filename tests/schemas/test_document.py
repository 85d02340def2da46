from dataclasses import fields

import pyarrow as pa

from schemas.document import DOCUMENT_SCHEMA, SECTION_SCHEMA, Document, Section


def test_records_have_the_columns_of_their_tables() -> None:
    assert [each.name for each in fields(Document)] == DOCUMENT_SCHEMA.names
    assert [each.name for each in fields(Section)] == SECTION_SCHEMA.names


def test_a_section_goes_into_its_table_as_it_is() -> None:
    section = Section(document="a.md", path=("Handbook", "Travel"), start=3, end=9, kinds=("list", "prose"))
    row = {each.name: getattr(section, each.name) for each in fields(Section)}
    [back] = pa.Table.from_pylist([row], schema=SECTION_SCHEMA).to_pylist()
    assert back == {
        "document": "a.md",
        "path": ["Handbook", "Travel"],
        "start": 3,
        "end": 9,
        "kinds": ["list", "prose"],
    }


def test_the_heading_is_the_innermost_one() -> None:
    section = Section(document="a.md", path=("Handbook", "Travel"), start=0, end=1)
    assert (section.heading, section.label) == ("Travel", "Handbook › Travel")  # noqa: RUF001 - the sign is meant


def test_before_the_first_heading_there_is_none() -> None:
    section = Section(document="a.md", path=(), start=0, end=1)
    assert (section.heading, section.label) == ("", "")

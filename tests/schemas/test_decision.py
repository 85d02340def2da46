from dataclasses import asdict, fields

import pyarrow as pa

from schemas.decision import DECISION_SCHEMA, Decision


def test_the_record_has_the_columns_of_its_table() -> None:
    assert [each.name for each in fields(Decision)] == DECISION_SCHEMA.names


def test_a_kept_row_needs_no_reason() -> None:
    row = asdict(Decision(row=1, id="a", stage=None, action="kept"))
    [back] = pa.Table.from_pylist([row], schema=DECISION_SCHEMA).to_pylist()
    assert back == row


def test_only_row_and_action_must_be_there() -> None:
    assert [each.name for each in DECISION_SCHEMA if not each.nullable] == ["row", "action"]

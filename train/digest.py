"""Rows named by what the model reads of them: equal digests train, and score, the same."""

import hashlib
from collections.abc import Sequence

from train.rendered import Rendered


def digest(rows: Sequence[Rendered], *, numbered: bool = False) -> str:
    """Hash the tokens and labels of rows, and their order; `numbered`, their numbers and ids too."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(f"{row.row}:{row.id}:{len(row.ids)}:".encode() if numbered else f"{len(row.ids)}:".encode())
        whole.update(row.ids.tobytes())
        whole.update(row.labels.tobytes())
    return whole.hexdigest()[:16]

"""How surprising answers are to a local model, after their prompts and alone: what a perplexity stage asks for."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt

from schemas import Message
from schemas.progress import Progress, silent
from train.model import LocalModel
from train.rendered import IGNORED, Fault, Rendered


class PerplexityScorer:
    """Score answers with a model in this process, in batches of like length.

    The answer alone is the very tokens that it has after its prompt, behind one token that starts a text, so the two
    losses differ by the prompt and nothing else. The end of the turn counts as a token of the answer.

    Args:
        model: The model.
    """

    def __init__(self, model: LocalModel) -> None:
        self.model = model
        self._lock = Lock()  # two batches at once would need the memory of two
        start = model.renderer.tokenizer.bos_token_id
        self._start = model.renderer.end_id if start is None else int(start)

    @classmethod
    def load(cls, name: str | Path, *, dtype: str | None = None, device: str | None = None) -> Self:
        """Load a model folder, or a hub's model by its name.

        Raises:
            InputError: It cannot be loaded.
        """
        return cls(LocalModel.load(name, dtype=dtype, device=device))

    @property
    def fingerprint(self) -> str:
        """Name of the model and its weights, with the hashes of its template and tokenizer."""
        renderer = self.model.renderer
        return f"{self.model.model}|{renderer.template.hash}|{renderer.tokenizer_hash}"

    def __call__(
        self, prompts: Sequence[Sequence[Message]], responses: Sequence[str], /, *, progress: Progress = silent
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Give -log p of each response after its prompt and alone, natural sums over its tokens, and these tokens.

        A row that cannot be rendered, or is longer than the model reads, has NaN and no tokens.

        Args:
            prompts: The messages before each response.
            responses: The answers.
            progress: Told how far it is.
        """
        conditional, alone = np.full((2, len(responses)), np.nan)
        tokens = np.zeros(len(responses), dtype=np.int64)
        asked = self._rows(prompts, responses)
        places = [place for place, row in enumerate(asked) if row is not None]
        whole = [row for row in asked if row is not None]
        bare = [self._alone(row) for row in whole]
        with self._lock:
            scores = self.model.score([*whole, *bare], progress=progress)
        for place, after, by_itself in zip(places, scores, scores[len(whole) :], strict=False):
            conditional[place], alone[place], tokens[place] = after.nll, by_itself.nll, after.tokens
        return conditional, alone, tokens

    def _rows(self, prompts: Sequence[Sequence[Message]], responses: Sequence[str]) -> list[Rendered | None]:
        """Render the rows with the last answer alone as the label."""
        renderer = self.model.renderer
        conversations = [
            [*prompt, Message("assistant", response)] for prompt, response in zip(prompts, responses, strict=True)
        ]
        rendered = renderer.render((row, "", messages) for row, messages in enumerate(conversations))
        fronts = renderer.prompts(prompts)
        found: list[Rendered | None] = []
        for row, front in zip(rendered, fronts, strict=True):
            if isinstance(row, Fault) or isinstance(front, Fault) or len(row.ids) > self.model.context:
                found.append(None)
                continue
            labels = np.where(np.arange(len(row.ids)) < len(front), np.int32(IGNORED), row.labels)
            found.append(row._replace(labels=labels) if (labels != IGNORED).any() else None)
        return found

    def _alone(self, row: Rendered) -> Rendered:
        """Take everything but the answer out of a row."""
        answer = row.ids[row.labels != IGNORED]
        ids = np.concatenate([np.array([self._start], dtype=np.int32), answer])
        return row._replace(ids=ids, labels=np.concatenate([np.array([IGNORED], dtype=np.int32), answer]))

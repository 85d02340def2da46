"""Pieces of text in tokens: fast, and such that the tokens of pieces follow one another as the pieces do."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PieceTokeniser:
    """Tokenise rows that are cut into pieces.

    Most tokenizers treat a piece the same wherever it stands, so pieces are tokenised one by one. One that starts
    every text in a way of its own (SentencePiece's leading space) sees each row whole, and the row is refused where
    the tokens of its beginnings are no beginnings of its tokens.

    Args:
        tokenizer: Tokenizer of the model.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {"": []}
        self._cut: re.Pattern[str] | None = None
        first, second = self.encode(["a", "b"])
        self._joins = tokenizer.decode(first + second, clean_up_tokenization_spaces=False) == "ab"
        if self._joins and tokenizer.is_fast:
            self._cut_at_controls()

    def rows(self, rows: Sequence[Sequence[str]]) -> Iterator[list[list[int]] | None]:
        """Give the tokens of each piece of each row; None where a border between two pieces falls inside a token."""
        if self._joins:
            flat = iter(self.encode([piece for pieces in rows for piece in pieces]))
            for pieces in rows:
                yield [next(flat) for _ in pieces]
            return
        for pieces in rows:
            wholes = [[], *self.encode(["".join(pieces[: stop + 1]) for stop in range(len(pieces))])]
            whole = all(longer[: len(shorter)] == shorter for shorter, longer in pairwise(wholes))
            yield [longer[len(shorter) :] for shorter, longer in pairwise(wholes)] if whole else None

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Tokenise texts; what stands between control tokens and repeats, a system prompt for one, is done once."""
        if self._cut is None:
            return self._encode(texts)
        cut = [self._cut.split(text) for text in texts]
        unknown = [*set(chain.from_iterable(cut)).difference(self._known)]
        known = self._known | dict(zip(unknown, self._encode(unknown), strict=True))
        return [[*chain.from_iterable(map(known.__getitem__, parts))] for parts in cut]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        if not texts:
            return []
        if not self._tokenizer.is_fast:
            ids: list[list[int]] = self._tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
            return ids
        backend = _backend(self._tokenizer)
        backend.no_truncation()  # another user of the tokenizer may have left them on
        backend.no_padding()
        return [encoding.ids for encoding in backend.encode_batch_fast(texts, add_special_tokens=False)]

    def _cut_at_controls(self) -> None:
        """Learn the control tokens at which the tokenizer itself cuts a text before it does anything else."""
        for number, token in self._tokenizer.added_tokens_decoder.items():
            if token.special and not (token.lstrip or token.rstrip or token.single_word or token.normalized):
                self._known[token.content] = [number]
        longest_first = sorted(filter(None, self._known), key=len, reverse=True)
        if longest_first:
            self._cut = re.compile(f"({'|'.join(map(re.escape, longest_first))})")


def tokenizer_hash(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Hash the vocabulary and the rules of a tokenizer."""
    if tokenizer.is_fast:
        backend = _backend(tokenizer)
        backend.no_truncation()
        backend.no_padding()
        rules = backend.to_str()
    else:
        rules = repr(sorted(tokenizer.get_vocab().items()))
    return hashlib.sha256(rules.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _backend(tokenizer: Any) -> Any:  # Any: the Rust tokenizer has no types
    return tokenizer.backend_tokenizer

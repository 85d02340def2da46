"""The offline default: a table of token vectors that rides in the wheel of the package `wordllama` (MIT, 16 MB).

The package's own loader asks a hub for files that lie beside it, so its two files are read here: the vectors with
safetensors, the tokenizer with `tokenizers`. No code of the package is run and nothing is fetched.
"""

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from curate.embedding.protocol import LONGEST
from curate.recipe import file_sha256
from schemas.errors import InputError, MissingExtraError

PACKAGE = "wordllama"
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"


class StaticEmbedder:
    """Give the mean of the vectors of a text's tokens.

    The order of words counts for nothing, and `France` lies near `Spain`: what this calls near is a candidate, no more.

    Args:
        weights: A safetensors file with one tensor, (tokens, dim).
        tokenizer: The `tokenizer.json` that goes with it.

    Raises:
        InputError: One of the files cannot be read, or they do not fit each other.
        MissingExtraError: safetensors or tokenizers is not installed.
    """

    normal = True  # the tokenizer takes Bank and bank for strangers

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        for package in ("safetensors", "tokenizers"):
            if importlib.util.find_spec(package) is None:
                raise MissingExtraError(package, extra="semantic")
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            (table,) = load_file(weights).values()
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:
            raise InputError(
                f"its vectors or its tokenizer cannot be read ({error})",
                where=str(weights.parent),
                mend=f"Install it anew: pip install --force-reinstall --no-deps {PACKAGE}",
            ) from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._table = np.ascontiguousarray(table, dtype=np.float32)
        self.fingerprint = f"{file_sha256(weights)[:16]}-{file_sha256(tokenizer)[:16]}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Give (texts, dim) float32, unit rows; zeros for an empty text."""
        from curate.kernels.pooling import unit_means

        encodings = self._tokenizer.encode_batch_fast([text[:LONGEST] for text in texts], add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        starts = np.zeros(len(ids) + 1, dtype=np.int64)
        np.cumsum([len(each) for each in ids], out=starts[1:])
        tokens = np.empty(int(starts[-1]), dtype=np.uint32)
        for each, start, end in zip(ids, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            tokens[start:end] = each
        out = np.zeros((len(ids), self.dim), dtype=np.float32)
        unit_means(tokens, starts, self._table, out)
        # An empty text has a start mark for a token, which means nothing.
        out[[not text for text in texts]] = 0.0
        return out


@lru_cache(maxsize=1)
def bundled() -> StaticEmbedder:
    """Load the embedder that rides in the wheel.

    Raises:
        MissingExtraError: The package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(PACKAGE, extra="semantic")
    folder = Path(spec.submodule_search_locations[0])
    return StaticEmbedder(folder / _WEIGHTS, folder / _TOKENIZER)

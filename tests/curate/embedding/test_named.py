import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.embedding import load_embedder
from schemas.errors import InputError, MissingExtraError

TEXTS = ["the refund", "", "a form", "the refund form is here"]


@pytest.fixture(scope="module")
def table_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a model2vec model of four words."""
    model2vec = pytest.importorskip("model2vec")
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[PAD]", "[UNK]", "refund", "form"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.array([[0, 0, 0], [0, 0, 1], [3, 0, 0], [0, 4, 0]], dtype=np.float32)
    folder = tmp_path_factory.mktemp("model2vec")
    model2vec.StaticModel(vectors=vectors, tokenizer=tokenizer).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def network_folder(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """Save a sentence-transformers model around a tiny random network."""
    library = pytest.importorskip("sentence_transformers")
    parts = pytest.importorskip("sentence_transformers.models")
    folder = tmp_path_factory.mktemp("network")
    library.SentenceTransformer(modules=[parts.Transformer(str(tiny_folder)), parts.Pooling(32)], device="cpu").save(
        str(folder)
    )
    return folder


def test_a_model2vec_folder_is_read(table_folder: Path) -> None:
    embedder = load_embedder(str(table_folder))
    assert type(vars(embedder)["_model"]).__name__ == "StaticModel"  # not read by the other library, which could
    assert embedder.dim == 3
    refund, form = embedder.embed(["refund", "form"])
    np.testing.assert_allclose(refund, [1, 0, 0], atol=1e-3)
    np.testing.assert_allclose(form, [0, 1, 0], atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(["refund form"]), axis=1), 1, rtol=1e-3)


@pytest.mark.parametrize(
    "kind",
    ["table_folder", pytest.param("network_folder", marks=pytest.mark.slow)],  # its library takes long to import
)
def test_vectors_are_unit_rows_whatever_the_batch(kind: str, request: pytest.FixtureRequest) -> None:
    embedder = load_embedder(str(request.getfixturevalue(kind)))
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 1], rtol=1e-3)
    assert np.array_equal(embedder.embed(TEXTS[::-1])[::-1], vectors)
    assert np.array_equal(np.concatenate([embedder.embed([text]) for text in TEXTS]), vectors)
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_another_weight_is_another_fingerprint(table_folder: Path, tmp_path: Path) -> None:
    for file in table_folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    same = load_embedder(str(tmp_path)).fingerprint
    assert same == load_embedder(str(table_folder)).fingerprint
    (tmp_path / "README.md").write_text("changed")
    load_embedder.cache_clear()
    assert load_embedder(str(tmp_path)).fingerprint != same


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(InputError, match="no such model folder"):
        load_embedder("./nowhere")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json"):
        load_embedder(str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "model2vec"}))
    with pytest.raises(InputError, match="cannot be loaded"):
        load_embedder(str(tmp_path))


@pytest.mark.parametrize(("kind", "library"), [("model2vec", "model2vec"), ("bert", "sentence_transformers")])
def test_a_missing_library_is_named(kind: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))
    find = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:  # Any: as the function that it stands in for
        return None if name == library else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'gristmill\[semantic\]'"):
        load_embedder(str(tmp_path))


def test_the_package_with_the_offline_model_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from curate.embedding.static import bundled

    bundled.cache_clear()
    load_embedder.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None)
    with pytest.raises(MissingExtraError, match="wordllama is not installed"):
        load_embedder()

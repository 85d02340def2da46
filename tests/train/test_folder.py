"""A folder that is no model says what it lacks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import InputError, MissingExtraError
from train import LocalModel
from train.folder import check_memory, find_model, load_config, load_tokenizer, parameters, require


def copy(folder: Path, to: Path, *without: str) -> Path:
    shutil.copytree(folder, to)
    for name in without:
        (to / name).unlink(missing_ok=True)
    return to


@pytest.mark.parametrize(
    "name", [pytest.param("./nowhere", id="relative"), pytest.param("/no/such/folder", id="absolute"), "plain"]
)
def test_a_missing_folder_is_named(name: str) -> None:
    with pytest.raises(InputError, match=r"no such model folder\. Check the path"):
        find_model(name)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").touch()
    with pytest.raises(InputError, match="not a model folder but a file"):
        find_model(tmp_path / "model.gguf")


@pytest.mark.parametrize(
    ("without", "message"),
    [
        pytest.param("config.json", "no config.json in this model folder", id="config"),
        pytest.param("model.safetensors", "no safetensors weights", id="weights"),
        pytest.param("tokenizer.json", "no tokenizer in this model folder", id="tokenizer"),
    ],
)
def test_what_is_missing_is_named(tiny_folder: Path, tmp_path: Path, without: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        LocalModel.load(copy(tiny_folder, tmp_path / "copy", without))


def test_an_adapter_is_no_whole_model(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(InputError, match="an adapter, not a whole model"):
        find_model(tmp_path)


@pytest.mark.parametrize("size", [0, 4, 1000], ids=["empty", "shorter than its head", "shorter than its tensors"])
def test_weights_that_were_cut_short_are_named(tiny_folder: Path, tmp_path: Path, size: int) -> None:
    folder = copy(tiny_folder, tmp_path / "copy")
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(InputError, match="not a whole safetensors file"):
        LocalModel.load(folder)


def test_a_broken_tokenizer_is_named(tiny_folder: Path, tmp_path: Path) -> None:
    folder = copy(tiny_folder, tmp_path / "copy")
    (folder / "tokenizer.json").write_text("{broken")
    with pytest.raises(InputError, match="its tokenizer cannot be loaded"):
        load_tokenizer(folder)


def test_an_unknown_architecture_is_named(tiny_folder: Path, tmp_path: Path) -> None:
    folder = copy(tiny_folder, tmp_path / "copy")
    (folder / "config.json").write_text('{"model_type": "of-tomorrow", "architectures": ["OfTomorrow"]}')
    with pytest.raises(InputError, match="cannot be loaded"):
        LocalModel.load(folder)
    with pytest.raises(InputError, match="cannot be used"):
        load_config(folder)


def test_a_missing_package_names_the_extra() -> None:
    with pytest.raises(
        MissingExtraError, match=r"no_such_package is not installed\. Run: pip install 'gristmill\[train\]'"
    ):
        require("json", "no_such_package")


def test_parameters_are_counted_without_reading_weights(tiny_folder: Path) -> None:
    # embedding 263 x 32 (tied); per layer q, o: 32 x 32, k, v: 16 x 32, three of 64 x 32, two norms of 32; last norm
    layer = 2 * 32 * 32 + 2 * 16 * 32 + 3 * 64 * 32 + 2 * 32
    assert parameters(tiny_folder) == 263 * 32 + 2 * layer + 32


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match=r"its weights need about .* GB in float32 and .* GB are free"):
        check_memory(tiny_folder, dtype="float32", device="cpu", copies=10**9)


def test_an_unknown_dtype_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="dtype 'int3' is not known"):
        LocalModel.load(tiny_folder, dtype="int3")


def test_a_missing_adapter_is_named(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no adapter_config\.json in this adapter folder"):
        LocalModel.load(tiny_folder, adapter=tmp_path)


def test_a_hub_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"some/model: no folder of this name, and the model hub cannot be reached"):
        find_model("some/model")


def test_a_folder_given_as_text_or_path_is_the_same(tiny_folder: Path, model_in: Callable[..., Path]) -> None:
    assert find_model(tiny_folder) == find_model(str(tiny_folder))

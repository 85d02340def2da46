"""The recipe: one YAML file with a section for each step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gristmill.config import read_config, read_mapping, refuse_unknown
from schemas.errors import InputError

if TYPE_CHECKING:
    from generate import GenerateConfig
    from train import EvaluateConfig, TrainConfig

ClientName = Literal["embedded", "openai"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """Who answers the requests.

    Attributes:
        client: `embedded`, or `openai` for any server that speaks OpenAI's protocol.
        model: Name of the server's model, or a model folder in place of the embedded one.
        base_url: Address of the server; OPENAI_BASE_URL where none is named.
        concurrency: Requests in flight at once.
    """

    client: ClientName = "embedded"
    model: str | None = None
    base_url: str | None = None
    concurrency: int = 16

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ValueError("concurrency is at least 1")
        if self.client == "openai" and not self.model:
            raise ValueError("the openai client needs the name of a model: add `model: NAME`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that `gristmill run` does.

    Attributes:
        documents: Folders and files to read; relative ones start at the recipe's folder.
        client: Who writes the questions.
        generate: How examples are made.
        stages: The curation stages, in order.
        train: How the model is tuned; None leaves the step out.
        evaluate: How base and tuned are compared.
        values: The recipe as it was written, for hashes and for the record.
    """

    documents: tuple[Path, ...]
    client: ClientConfig
    generate: "GenerateConfig"
    stages: tuple[Any, ...]  # Any: a stage is whatever has the methods of `curate.Stage` or `curate.Mend`
    train: "TrainConfig | None"
    evaluate: "EvaluateConfig | None"
    values: Mapping[str, Any] = field(repr=False)  # Any: what YAML holds


def read_recipe(path: Path) -> Recipe:
    """Read a recipe and check all of it before anything runs.

    Raises:
        InputError: It is missing, no YAML, or says something that we do not know.
    """
    import yaml

    from curate import default_stages
    from generate import GenerateConfig
    from gristmill.stages import read_stages
    from train import EvaluateConfig, TrainConfig

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = "no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise InputError(cause, where=str(path), mend="Write one with: gristmill init") from error
    try:
        values = read_mapping(yaml.safe_load(text), where=str(path))
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        cause = error.problem if isinstance(error, yaml.MarkedYAMLError) and error.problem else "no YAML"
        raise InputError(cause, where=f"{path}, line {line}", mend="Mend the YAML") from error
    refuse_unknown(values, ("documents", "seed", "generate", "curate", "train", "evaluate"), where=str(path))

    seed = values.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise InputError(f"seed is a whole number, not {seed!r}", where=str(path))
    generate = dict(read_mapping(values.get("generate"), where=f"{path}, generate"))
    client = {key: generate.pop(key) for key in ("client", "model", "base_url", "concurrency") if key in generate}
    if isinstance(generate.get("prompts"), str):
        generate["prompts"] = path.parent / generate["prompts"]
    curation = read_mapping(values.get("curate"), where=f"{path}, curate")
    refuse_unknown(curation, ("stages",), where=f"{path}, curate")
    stages = curation.get("stages")
    training = values.get("train", {})
    return Recipe(
        documents=_documents(values.get("documents"), path),
        client=read_config(ClientConfig, client, where=f"{path}, generate"),
        generate=read_config(GenerateConfig, {"seed": seed, **generate}, where=f"{path}, generate"),
        stages=tuple(default_stages()) if stages is None else read_stages(stages, where=f"{path}, curate.stages"),
        train=None if training is False else _train(TrainConfig, training, seed, path),
        evaluate=None
        if training is False
        else read_config(
            EvaluateConfig, _seeded(values.get("evaluate"), seed, f"{path}, evaluate"), where=f"{path}, evaluate"
        ),
        values=json.loads(json.dumps(values, default=str)),
    )


def _train(kind: "type[TrainConfig]", values: object, seed: int, path: Path) -> "TrainConfig":
    """Read the training section; a model folder that is written relative starts at the recipe's folder."""
    mapping = _seeded(values, seed, f"{path}, train")
    model = mapping.get("model")
    if isinstance(model, str) and (path.parent / model).is_dir():
        mapping["model"] = str(path.parent / model)
    return read_config(kind, mapping, where=f"{path}, train")


def _seeded(values: object, seed: int, where: str) -> dict[str, Any]:  # Any: checked by the dataclass
    return {"seed": seed, **read_mapping(values, where=where)}


def _documents(values: object, path: Path) -> tuple[Path, ...]:
    """Read the list of documents; one name alone is a list of one."""
    names = [values] if isinstance(values, str) else values
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise InputError(
            "no documents are named", where=str(path), mend="Add the folders and files to read, as `documents: [docs]`"
        )
    return tuple(path.parent / Path(name).expanduser() for name in names)

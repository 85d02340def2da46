"""The recipe: one YAML file with a section for each step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gristmill.config import given_values, read_config, read_mapping, refuse_unknown, without
from gristmill.strategies import read_strategies
from schemas.errors import InputError
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from generate import Budget, GenerateConfig
    from gristmill.judging import EvaluationJudge
    from train import EvaluateConfig, TrainConfig

ClientName = Literal["embedded", "openai", "vllm"]
CLIENT_KEYS = ("client", "model", "base_url", "concurrency", "timeout", "batch", "vllm", "extra_body")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """Who answers the requests.

    Attributes:
        client: `embedded`, `vllm` in this process, or `openai` for any server that speaks OpenAI's protocol.
        model: Name of the server's model; else a model folder or hub name in place of the embedded one.
        base_url: Address of the server; OPENAI_BASE_URL where none is named.
        concurrency: Requests in flight at once.
        timeout: Seconds that a server may take for an answer.
        batch: Ask the server through its Batch API: half the price, within a day.
        extra_body: Further fields of every request to a server, `chat_template_kwargs` for example.
        vllm: Settings of `generate.clients.VLLM`, `max_model_len` for example.
    """

    client: ClientName = "embedded"
    model: str | None = None
    base_url: str | None = None
    concurrency: int = 16
    timeout: float = 120.0
    batch: bool = False
    extra_body: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    vllm: dict[str, Any] = field(default_factory=dict)  # Any: checked when the client is opened

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ValueError("concurrency is at least 1")
        if not self.timeout > 0:
            raise ValueError("timeout is above 0 seconds")
        if self.client == "openai" and not self.model:
            raise ValueError("the openai client needs the name of a model: add `model: NAME`")
        if self.batch and self.client != "openai":
            raise ValueError("batch goes with the openai client alone")
        if self.extra_body and (self.client != "openai" or self.batch):
            raise ValueError("extra_body goes with the openai client alone, and not with batch")
        if self.vllm and self.client != "vllm":
            raise ValueError("settings of vllm go with the vllm client alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that `gristmill run` does.

    Attributes:
        documents: Folders and files to read; relative ones start at the recipe's folder.
        client: Who writes the questions.
        judge: Who looks at each of its drafts once more; None for nobody.
        budget: What generating may spend.
        prices: The user's table of prices.
        generate: How examples are made.
        stages: The curation stages, in order.
        seed: The seed of every step that names none of its own.
        train: How the model is tuned; None leaves the step out.
        evaluate: How base and tuned are compared.
        answers_judge: Who compares their answers, too; None for nobody.
        values: The recipe as it was written, for hashes and for the record.
    """

    documents: tuple[Path, ...]
    client: ClientConfig
    judge: ClientConfig | None
    budget: "Budget"
    prices: Path | None
    generate: "GenerateConfig"
    stages: tuple[Any, ...]  # Any: a stage is whatever has the methods of `curate.Stage` or `curate.Mend`
    seed: int
    train: "TrainConfig | None"
    evaluate: "EvaluateConfig | None"
    answers_judge: "EvaluationJudge | None"
    values: Mapping[str, Any] = field(repr=False)  # Any: what YAML holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """What `gristmill curate` takes from a recipe: the stages, in order, and the seed."""

    stages: tuple[Any, ...]  # Any: as above
    seed: int


def read_recipe(path: Path, progress: Progress = silent) -> Recipe:
    """Read a recipe and check all of it before anything runs.

    Args:
        path: The YAML file.
        progress: Shows how a model is fetched, where a curation stage needs one.

    Raises:
        InputError: It is missing, no YAML, or says something that we do not know.
    """
    from generate import Budget
    from train import EvaluateConfig, TrainConfig

    values, seed = _values(path)
    generate = dict(read_mapping(values.get("generate"), where=f"{path}, generate"))
    client = {key: generate.pop(key) for key in CLIENT_KEYS if key in generate}
    judge, budget, prices = (generate.pop(key, None) for key in ("judge", "budget", "prices"))
    if isinstance(generate.get("prompts"), str):
        generate["prompts"] = path.parent / generate["prompts"]
    if prices is not None and not isinstance(prices, str):
        raise InputError("prices is the name of a file", where=f"{path}, generate", mend="Write `prices: prices.yaml`")
    training = values.get("train", {})
    evaluation = _seeded(values.get("evaluate"), seed, f"{path}, evaluate")
    answers_judge = evaluation.pop("judge", None)
    return Recipe(
        documents=_documents(values.get("documents"), path),
        client=read_config(ClientConfig, client, where=f"{path}, generate"),
        judge=None if judge is None else read_config(ClientConfig, judge, where=f"{path}, generate.judge"),
        budget=read_config(Budget, budget, where=f"{path}, generate.spending.budget"),
        prices=None if prices is None else path.parent / Path(prices).expanduser(),
        generate=generate_config({"seed": seed, **generate}, where=f"{path}, generate", base=path.parent),
        stages=_stages(values.get("curate"), seed, path, progress),
        seed=seed,
        train=None if training is False else _train(TrainConfig, training, seed, path),
        evaluate=None if training is False else _evaluate(EvaluateConfig, evaluation, path),
        answers_judge=None if answers_judge is None else _answers_judge(answers_judge, evaluation["seed"], path),
        values=json.loads(json.dumps(values, default=str)),
    )


def generate_config(
    values: Mapping[str, Any],  # Any: settings of all types
    *,
    where: str,
    base: Path | None = None,
) -> "GenerateConfig":
    """Read the settings of a generation; `strategy` names its strategies as `read_strategies` takes them.

    Args:
        values: The settings.
        where: Their place, for errors.
        base: Folder that the relative paths of strategies start at; None for the one we are in.

    Raises:
        InputError: One is unknown or wrong.
    """
    from generate import GenerateConfig

    given = {name: value for name, value in values.items() if name != "strategy"}
    settings: object = read_config(
        without(GenerateConfig, "strategies", also=("strategy", "judge", "budget", "prices")), given, where=where
    )
    strategies = read_strategies(values.get("strategy", "question"), where=f"{where}, strategy", base=base)
    return GenerateConfig(strategies=strategies, **given_values(settings, given))


def read_curation(path: Path, seed: int | None, progress: Progress = silent) -> Curation:
    """Read the part of a recipe that says how rows are curated; it need have no other.

    Args:
        path: The YAML file.
        seed: Takes the place of the recipe's.
        progress: As in `read_recipe`.

    Raises:
        InputError: It is missing, no YAML, or says something there that we do not know.
    """
    values, own = _values(path)
    seed = own if seed is None else seed
    return Curation(stages=_stages(values.get("curate"), seed, path, progress), seed=seed)


def _values(path: Path) -> tuple[Mapping[str, Any], int]:  # Any: what YAML holds
    """Read the YAML of a recipe, and its seed."""
    import yaml

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
    return values, seed


def _stages(values: object, seed: int, path: Path, progress: Progress) -> tuple[Any, ...]:  # Any: stages
    """Read the curation section; paths that are written relative start at the recipe's folder."""
    from curate import default_stages
    from gristmill.stages import read_stages

    curation = read_mapping(values, where=f"{path}, curate")
    refuse_unknown(curation, ("stages",), where=f"{path}, curate")
    stages = curation.get("stages")
    if stages is None:
        return tuple(default_stages())
    return read_stages(stages, where=f"{path}, curate.stages", base=path.parent, seed=seed, progress=progress)


def _train(kind: "type[TrainConfig]", values: object, seed: int, path: Path) -> "TrainConfig":
    """Read the training section; paths that are written relative start at the recipe's folder."""
    mapping = _seeded(values, seed, f"{path}, train")
    model = mapping.get("model")
    if isinstance(model, str) and (path.parent / model).is_dir():
        mapping["model"] = str(path.parent / model)
    if isinstance(mapping.get("mix"), list):
        mapping["mix"] = [_mixed(part, path) for part in mapping["mix"]]
    if isinstance(mapping.get("held_out_data"), str):
        mapping["held_out_data"] = _beside(mapping["held_out_data"], path)
    return read_config(kind, mapping, where=f"{path}, train")


def _answers_judge(values: object, seed: int, path: Path) -> "EvaluationJudge":
    """Read who compares the answers; a prompt and a table of prices start at the recipe's folder."""
    from gristmill.judging import read_judge

    where = f"{path}, evaluate.judge"
    mapping = dict(read_mapping(values, where=where))
    for name in ("prompt", "prices"):
        if isinstance(mapping.get(name), str) and mapping[name]:
            mapping[name] = str(path.parent / Path(mapping[name]).expanduser())
    return read_judge(mapping, seed=seed, where=where)


def _evaluate(kind: "type[EvaluateConfig]", mapping: dict[str, Any], path: Path) -> "EvaluateConfig":  # Any: as below
    """Read the evaluation section; files that are written relative start at the recipe's folder."""
    for name in ("data", "guardrails"):
        if isinstance(mapping.get(name), str):
            mapping[name] = path.parent / Path(mapping[name]).expanduser()
    return read_config(kind, mapping, where=f"{path}, evaluate")


def _mixed(part: object, path: Path) -> dict[str, Any]:  # Any: checked by the dataclass
    """Read one dataset of a mix: its name, or `data` and `weight`."""
    where = f"{path}, train.mix"
    given = {"data": part} if isinstance(part, str) else dict(read_mapping(part, where=where))
    refuse_unknown(given, ("data", "weight"), where=where)
    if not isinstance(given.get("data"), str):
        raise InputError("a dataset of the mix has no name", where=where, mend="Write `- {data: FILE, weight: 0.5}`")
    return {**given, "data": _beside(given["data"], path)}


def _beside(data: str, path: Path) -> str:
    """Let a relative path start at the recipe's folder."""
    return data if data.startswith("hub:") else str(path.parent / Path(data).expanduser())


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

"""The curation stages by name, as recipes and command lines write them."""

import dataclasses
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gristmill.config import given_values, read_config, read_mapping, refuse_unknown, without
from schemas.errors import InputError
from schemas.progress import Progress, silent

STAGES: Mapping[str, str] = {
    "placeholder": "curate.placeholder:Placeholder",
    "encoding": "curate.encoding:Encoding",
    "redact": "curate.private:Redact",
    "empty": "curate.empty:Empty",
    "lint": "curate.lint:Lint",
    "length": "curate.length:Length",
    "column": "curate.column:Column",
    "repetition": "curate.repetition:Repetition",
    "language": "curate.language:Language",
    "spelling": "curate.spelling:Spelling",
    "private": "curate.private:Private",
    "exact": "curate.exact:Exact",
    "near": "curate.near:Near",
    "semantic": "curate.semantic:Semantic",
    "against": "curate.against:Against",
    "decontaminate": "curate.decontaminate:Decontaminate",
    "conflicts": "curate.conflicts:Conflicts",
    "support": "curate.support:Support",
    "readability": "curate.quality:Readability",
    "perplexity": "curate.quality:Perplexity",
    "judge": "curate.quality:Judge",
    "select": "curate.select:Select",
    "split": "curate.split:Split",
    "gopher_quality": "curate.presets:GopherQuality",
    "gopher_repetition": "curate.presets:GopherRepetition",
    "c4": "curate.presets:C4",
    "fineweb": "curate.presets:FineWeb",
}
"""Where each mend and stage is; it is imported when it is first asked for."""
# No batch: a stage asks a few rows at a time.
_CLIENT = ("client", "model", "base_url", "concurrency", "timeout", "vllm", "extra_body")
_PATHS = ("files", "prompt")
_MODELS = ("model", "tokenizer")


def stage_type(name: str) -> type:
    """Give the class of a stage."""
    module, _, kind = STAGES[name].partition(":")
    found: type = getattr(import_module(module), kind)
    return found


def read_stages(
    values: object, *, where: str, base: Path | None = None, seed: int = 0, progress: Progress = silent
) -> tuple[Any, ...]:  # Any: whatever has a stage's methods
    """Read a list of stages: each a name, or a name with its settings.

    Args:
        values: What stood in the recipe.
        where: Its place, for errors.
        base: Folder that relative paths start at; None for the one we are in.
        seed: For the stages that draw lots and name no seed of their own.
        progress: Shows how a model is fetched, where a stage needs one.

    Raises:
        InputError: An unknown stage or setting.
    """
    if not isinstance(values, list) or not values:
        raise InputError("a list of stages is expected", where=where, mend="Write one a line, as `- exact`")
    stages: list[Any] = []  # Any: as in the result
    for value in values:
        if isinstance(value, Mapping) and len(value) == 1:
            name, settings = next(iter(value.items()))
        else:
            name, settings = value, None
        refuse_unknown([str(name)], STAGES, where=where, what="stage")
        place = f"{where}, {name}"
        given = _from(base, read_mapping(settings, where=place))
        kind = stage_type(str(name))
        if name == "judge":
            stages.append(_judge(kind, given, place, progress))
        elif name == "perplexity":
            stages.append(_perplexity(kind, given, place))
        else:
            if "seed" in {field.name for field in dataclasses.fields(kind)}:
                given = {"seed": seed, **given}
            stages.append(read_config(kind, given, where=place))
    return tuple(stages)


def named_stages(names: str, *, seed: int = 0, progress: Progress = silent) -> tuple[Any, ...]:  # Any: as above
    """Read `exact,near,length` into stages with their default settings.

    Raises:
        InputError: An unknown stage, or one that cannot do without settings.
    """
    listed = [name.strip() for name in names.split(",") if name.strip()]
    return read_stages(listed, where="--stages", seed=seed, progress=progress)


def with_journal(stages: Sequence[Any], out: Path | None) -> tuple[Any, ...]:  # Any: as above
    """Have judges among the stages keep every answer in `OUT.journal.sqlite`, beside what is written.

    Raises:
        InputError: There is a judge, and nothing is written that its answers could lie beside.
    """
    from gristmill.named_models import NamedClient

    kept = []
    for stage in stages:
        client = getattr(stage, "client", None)
        if not isinstance(client, NamedClient):
            kept.append(stage)
        elif out is None:
            raise InputError(
                "the answers of a judge are kept, and there is no place for them",
                where=f"stage {stage.name}",
                mend="Name the folder that they belong to with -o DIR: they are not asked for again then",
            )
        else:
            kept.append(dataclasses.replace(stage, client=client.kept_in(_journal_beside(out))))
    return tuple(kept)


def _journal_beside(out: Path) -> Path:
    whole = out.resolve()  # "." has no name
    return whole.with_name(f"{whole.name}.journal.sqlite")


def _judge(kind: type, given: Mapping[str, Any], where: str, progress: Progress) -> Any:  # Any: a stage, settings
    """Read the settings of a judge: those of its client, as `generate` takes them, and its own."""
    from gristmill.clients import open_client
    from gristmill.named_models import NamedClient
    from gristmill.recipe import ClientConfig

    client = {key: value for key, value in given.items() if key in _CLIENT}
    own = {key: value for key, value in given.items() if key not in _CLIENT}
    settings: object = read_config(without(kind, "client", also=_CLIENT), own, where=where)
    opened = open_client(read_config(ClientConfig, client, where=where), progress)
    return kind(client=NamedClient(opened.model, opened.route, opened), **given_values(settings, own))


def _perplexity(kind: type, given: Mapping[str, Any], where: str) -> Any:  # Any: a stage, settings
    """Read the settings of a perplexity stage: `model`, a folder or a name, and its own."""
    from gristmill.models import EMBEDDED
    from gristmill.named_models import NamedScorer

    own = {key: value for key, value in given.items() if key != "model"}
    settings: object = read_config(without(kind, "scorer", also=("model",)), own, where=where)
    model = given.get("model", EMBEDDED)
    if not isinstance(model, str) or not model:
        raise InputError(f"model: {model!r} is no name", where=where, mend="Name a model folder or a hub's model")
    return kind(scorer=NamedScorer(model), **given_values(settings, own))


def _from(base: Path | None, settings: Mapping[str, Any]) -> dict[str, Any]:  # Any: settings are of any type
    """Have relative paths start at a folder; of models only those that lie there, for others are names on a hub."""
    found = dict(settings)
    if isinstance(found.get("files"), str):
        found["files"] = [found["files"]]
    if base is None:
        return found
    for name in _PATHS:
        if isinstance(found.get(name), str) and found[name]:
            found[name] = _path(base, found[name])
        elif isinstance(found.get(name), list):
            found[name] = [_path(base, each) if isinstance(each, str) else each for each in found[name]]
    for name in _MODELS:
        if isinstance(found.get(name), str) and found[name] and (base / found[name]).is_dir():
            found[name] = str(base / found[name])
    return found


def _path(base: Path, name: str) -> str:
    return name if name.startswith("hub:") else str(base / Path(name).expanduser())

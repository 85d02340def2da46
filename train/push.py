"""A tuned model goes to a hub: the merged model or the adapter, with its card, private unless asked otherwise."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas import InputError
from schemas.errors import GristmillError
from train.card import base_name, write_card
from train.finished import read_run
from train.folder import fingerprint, first_line, require


def push(run: Path, to: str, *, adapter: bool = False, public: bool = False) -> str:
    """Upload the tuned model of a run and give the address of the commit.

    The token is that of `hf auth login` or of the environment (HF_TOKEN), the hub that of HF_ENDPOINT; neither is
    written anywhere. A repository that is there already keeps its visibility.

    Args:
        run: Folder of a finished run.
        to: Name on the hub, `org/name`.
        adapter: Upload the adapter alone, in place of the merged model.
        public: Make a new repository public.

    Raises:
        InputError: The run is not finished, has no adapter, its evaluation is of other weights, or the name is none.
        GristmillError: The hub refuses, or cannot be reached.
    """
    require("huggingface_hub")
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    record = read_run(run)
    folder = run / ("adapter" if adapter else "merged")
    if not folder.is_dir():
        raise InputError("this run has no adapter: it tuned all weights", where=str(run), mend="Leave --adapter out")
    if to.count("/") != 1:
        raise InputError("not a name of a hub's model", where=to, mend="Give it as org/name")
    with tempfile.TemporaryDirectory() as temporary:
        staged = _stage(folder, Path(temporary) / folder.name, record, _evaluation(run))
        try:
            api = HfApi()
            api.create_repo(to, private=not public, exist_ok=True)
            commit = api.upload_folder(repo_id=to, folder_path=str(staged), commit_message="Upload the tuned model")
        except HFValidationError as error:
            raise InputError(first_line(error), where=to, mend="Give it as org/name") from error
        except (HfHubHTTPError, LocalTokenNotFoundError) as error:
            raise GristmillError(
                f"the model hub does not take it ({first_line(error)})",
                where=to,
                mend="Log in with `hf auth login` as someone who may write there",
            ) from error
        except Exception as error:  # of whichever HTTP library the hub's uses
            raise GristmillError(
                f"the upload failed ({first_line(error)})", where=to, mend="Check the network, and try again"
            ) from error
    return str(commit.commit_url)


def _evaluation(run: Path) -> Path | None:
    """Find the evaluation of a run: in it, or beside it, where `gristmill run` writes one; it must be of this model.

    Raises:
        InputError: The one in the run is of other weights, or cannot be read.
    """
    own, beside = (folder / "evaluation" / "evaluation.json" for folder in (run, run.resolve().parent))
    tuned = fingerprint(run / "merged")
    if own.is_file():
        if (of := _weights(own)) != tuned:
            raise InputError(
                f"this evaluation is of other weights ({of or 'it names none'}) than those that would go up ({tuned}), "
                "and its numbers would stand in their card",
                where=str(own.parent),
                mend="Evaluate this run again, or remove that folder",
            )
        return own
    return beside if beside.is_file() and _weights(beside) == tuned else None


def _weights(evaluation: Path) -> str:
    """Tell which weights were evaluated as the tuned ones; empty where the file does not say."""
    try:
        return str(json.loads(evaluation.read_text(encoding="utf-8"))["tuned"]).rpartition("@")[2]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _stage(
    folder: Path, out: Path, record: Mapping[str, Any], evaluation: Path | None
) -> Path:  # Any: whatever JSON can hold
    """Lay out what is uploaded: links to the files, and a card with the evaluation's numbers as they are now."""
    out.mkdir()
    for file in sorted(folder.iterdir()):
        if file.name != "README.md" and file.is_file():
            (out / file.name).symlink_to(file.resolve())
    write_card(out, record, evaluation=evaluation)
    config = out / "adapter_config.json"
    if config.exists():
        text = json.loads(config.read_text(encoding="utf-8"))
        config.unlink()
        text["base_model_name_or_path"] = base_name(str(record["settings"]["model"]))
        config.write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
    return out

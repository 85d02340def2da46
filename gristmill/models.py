"""Names of models as people write them, turned into what can be loaded."""

from pathlib import Path

from gristmill.embedded import NAME, embedded_folder
from schemas.errors import InputError
from schemas.progress import Progress, silent

EMBEDDED = "embedded"


def model_folder(name: str, progress: Progress = silent) -> str:
    """Turn `embedded`, a run's folder, a model's folder or a hub name into what the loader takes.

    Raises:
        InputError: The name is a path, and there is no model.
        GristmillError: The embedded model is not there and cannot be fetched.
    """
    if name in {EMBEDDED, NAME}:
        return str(embedded_folder(progress))
    folder = Path(name).expanduser()
    if (folder / "training.json").is_file():
        return str(merged_folder(folder))
    if folder.exists() or folder.is_absolute() or name.startswith((".", "~")):
        if not folder.is_dir():
            raise InputError("no such model folder", where=name, mend="Check the path, or name a model of the hub")
        return str(folder)
    return name


def merged_folder(run: Path) -> Path:
    """Give the folder with the tuned model of a run.

    Raises:
        InputError: The run has not come that far.
    """
    merged = run / "merged"
    if not merged.is_dir():
        raise InputError(
            "this run has no tuned model yet", where=str(run), mend=f"Finish it: gristmill train DATA -o {run}"
        )
    return merged

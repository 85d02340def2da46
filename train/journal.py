"""What a model said or scored, kept the moment it exists, so that a killed run asks nothing twice."""

import json
from pathlib import Path
from typing import Any

from schemas.atomic import write_text, writing
from schemas.json_values import plain_json


class Journal:
    """Values by a key that names what they are of: a JSON line each, appended at once.

    Args:
        path: The file; a line that a killed run cut short is dropped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[str, dict[str, Any]] = {}  # Any: values of JSON
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()
            whole = [line for line in lines if self._take(line)]
            if len(whole) < len(lines) or not text.endswith("\n"):  # a line may be cut just before its end
                write_text(path, "".join(line + "\n" for line in whole))

    def get(self, key: str) -> dict[str, Any] | None:  # Any: values of JSON
        """Give what was put under `key`."""
        return self._found.get(key)

    def put(self, key: str, value: dict[str, Any]) -> None:  # Any: values of JSON
        """Keep a value under `key`; of a number that is none, null."""
        value = plain_json(value)
        self._found[key] = value
        with writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **value}) + "\n")

    def _take(self, line: str) -> bool:
        try:
            value = json.loads(line)
            self._found[value.pop("key")] = value
        except (ValueError, KeyError, AttributeError):
            return False
        return True

"""The key: it stands in the environment alone, is read when requests leave, and is kept nowhere."""

import os

_NAME = "OPENAI_API_KEY"
_WANTS_ONE = "https://api.openai.com"


def read_key() -> str:
    """Give the key; empty where there is none."""
    return os.environ.get(_NAME, "").strip()


def lacks_key(route: str) -> bool:
    """Tell whether a route wants a key and there is none; other servers than OpenAI's may ask for none."""
    return route.startswith(_WANTS_ONE) and not read_key()

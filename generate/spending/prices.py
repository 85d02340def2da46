"""What tokens cost: a table that ships with Gristmill, and the user's own over it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from schemas import ChatResponse, Client, InputError

_OURS = Path(__file__).with_name("prices.yaml")
_FIELDS = ("input", "cached", "output")
_DATED = re.compile(r"[-@](?:\d{4}-\d{2}-\d{2}|\d{6,8}|latest)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPrice(ChatResponse):
    """An answer at the ordinary price, from a client that asks the others at a discount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars for a million tokens.

    Attributes:
        input: Of a prompt.
        cached: Of a prompt, where they come out of the server's prefix cache.
        output: Of an answer.
    """

    input: float
    cached: float
    output: float

    def of(self, prompt: float, completion: float, *, cached: float = 0) -> float:
        """Give the dollars for some tokens; `cached` of those of the prompt came out of a cache."""
        return ((prompt - cached) * self.input + cached * self.cached + completion * self.output) / 1e6

    def of_response(self, response: ChatResponse) -> float:
        """Give the dollars that an answer cost."""
        return self.of(response.prompt_tokens, response.completion_tokens, cached=response.cached_tokens)

    def times(self, factor: float) -> "Price":
        """Give the price at a discount, or at a premium."""
        return Price(input=self.input * factor, cached=self.cached * factor, output=self.output * factor)


FREE = Price(input=0.0, cached=0.0, output=0.0)


def price_of(client: Client, table: Path | None = None) -> Price | None:
    """Give what a model costs; None where nobody knows. What runs on this machine or in this network costs nothing.

    Args:
        client: Who answers.
        table: The user's own table, which goes before ours.

    Raises:
        InputError: The table is missing or wrong.
    """
    known = {**_read(_OURS), **({} if table is None else _read(table))}
    name = client.model
    found = known.get(name) or known.get(_DATED.sub("", name))
    if found is None:
        return FREE if _is_near(client.route) else None
    return found.times(getattr(client, "price_factor", 1.0))


@lru_cache(maxsize=8)
def _read(path: Path) -> Mapping[str, Price]:
    import yaml

    where, mend = str(path), "Write each model as `name: {input: 0.15, cached: 0.075, output: 0.60}`"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"the prices cannot be read ({error})", where=where, mend=mend) from error
    if not isinstance(values, dict):
        raise InputError("no table of prices", where=where, mend=mend)
    return {str(name): _price(fields, f"{where}, {name}", mend) for name, fields in values.items()}


def _price(fields: object, where: str, mend: str) -> Price:
    if not isinstance(fields, dict) or not {"input", "output"} <= fields.keys() <= set(_FIELDS):
        raise InputError("it needs `input` and `output`, may have `cached`, and nothing else", where=where, mend=mend)
    values: dict[str, float] = {}
    for name in _FIELDS:
        value: object = fields.get(name, fields["input"])
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
            raise InputError(f"{name} is {value!r}, no number of dollars", where=where, mend=mend)
        values[name] = float(value)
    return Price(**values)


def _is_near(route: str) -> bool:
    """Tell whether a route ends on this machine or in a private network."""
    host = urlsplit(route).hostname
    if host is None or host == "localhost" or host.endswith((".local", ".internal", ".lan")) or "." not in host:
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False

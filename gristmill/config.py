"""Settings as people write them, read into the frozen dataclasses that the packages take.

An unknown key is refused with the nearest right one; a wrong value with the key it belongs to.
"""

import dataclasses
import difflib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from schemas.errors import InputError

Config = TypeVar("Config")


def read_config(kind: type[Config], values: object, *, where: str) -> Config:
    """Build a settings dataclass from a mapping.

    Args:
        kind: The dataclass.
        values: What stood in the recipe or on the command line; None counts as an empty mapping.
        where: Its place, for errors: `recipe.yaml, train`.

    Raises:
        InputError: An unknown key, a missing one, or a value of the wrong kind.
    """
    from pydantic import TypeAdapter, ValidationError

    mapping = read_mapping(values, where=where)
    fields = {field.name for field in dataclasses.fields(kind) if field.init}  # type: ignore[arg-type]  # any dataclass
    refuse_unknown(mapping, fields, where=where)
    try:
        return TypeAdapter(kind).validate_python(dict(mapping))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if part in mapping or isinstance(part, int))
        cause = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise InputError(f"{key or 'settings'}: {cause[:1].lower()}{cause[1:]}", where=where) from error


def without(kind: type, name: str, *, also: tuple[str, ...] = ()) -> type:
    """Make a dataclass of settings but one that no recipe can hold.

    Args:
        kind: The dataclass that has them all.
        name: The setting.
        also: What a recipe may say in its place, so that a misspelt one finds the right one; never set.
    """
    fields: list[Any] = [  # Any: triples of a name, a type and a field
        (each.name, each.type, dataclasses.field(default=each.default, default_factory=each.default_factory))
        for each in dataclasses.fields(kind)
        if each.name != name
    ]
    return dataclasses.make_dataclass(kind.__name__, [*fields, *((each, object, None) for each in also)], kw_only=True)


def given_values(settings: object, given: Mapping[str, Any]) -> dict[str, Any]:  # Any: settings are of any type
    """Give the checked values of the settings that were given."""
    return {name: getattr(settings, name) for name in given}


def read_mapping(values: object, *, where: str) -> Mapping[str, Any]:  # Any: the values are checked by their reader
    """Take a mapping from what YAML gave, None as an empty one.

    Raises:
        InputError: It is something else.
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InputError(
            f"settings are expected here, not {values!r}", where=where, mend="Write them as `key: value` lines"
        )
    return {str(key): value for key, value in values.items()}


def refuse_unknown(given: Collection[str], known: Collection[str], *, where: str, what: str = "key") -> None:
    """Refuse the first name that is not known, and name the nearest that is.

    Raises:
        InputError: There is such a name.
    """
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            mend = f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(sorted(known))}"
            raise InputError(f"there is no {what} {name!r}", where=where, mend=mend.rstrip("."))

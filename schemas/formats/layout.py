"""Which format a row has, told by the names of its columns alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from schemas.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format: the roles that its columns play.

    Attributes:
        name: What `--format` calls it.
        required: Roles that a row must have.
        optional: Roles that are taken where a column of that name is there.
        on_request: Roles that are taken only where the user names a column for them.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    on_request: tuple[str, ...] = ("system",)

    @property
    def roles(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.required, *self.optional, *self.on_request)


EXAMPLE = Format(name="example", required=("messages",), optional=("context",), on_request=())
_DETECTED = (
    Format(name="messages", required=("messages",)),
    Format(name="sharegpt", required=("conversations",), optional=("system",), on_request=()),
    Format(name="prompt_completion", required=("prompt", "completion")),
    Format(name="alpaca", required=("instruction", "output"), optional=("input",)),
    Format(name="instruction_response", required=("instruction", "response"), optional=("input",)),
    Format(name="question_answer", required=("question", "answer")),
    Format(name="input_output", required=("input", "output")),
    Format(name="text", required=("text",)),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in (EXAMPLE, *_DETECTED)}
ROLES = ("context", *sorted({role for each in _DETECTED for role in each.roles}))
_ALIASES = {"response": "output", "output": "response"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A format and the columns that play its roles.

    Attributes:
        format: Name of the format.
        columns: Column of each role that the row has.
    """

    format: str
    columns: Mapping[str, str]
    used: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "used", frozenset(self.columns.values()))

    def named(self, role: str) -> str:
        """Give the column of a role; the role itself where the row has none."""
        return self.columns.get(role, role)

    def with_context(self) -> "Layout":
        """Take the column `context` as the context, where no other one is."""
        return Layout(format=self.format, columns={"context": "context", **self.columns})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user says about the columns: nothing, a format, columns for roles.

    Raises:
        InputError: There is no such format or role, or none that fits them together.
    """

    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise InputError(
                f"there is no format {self.format}",
                mend=f"{nearest(self.format, FORMATS)}The formats are {', '.join(FORMATS)}",
            )
        for role in self.columns:
            if role not in ROLES:
                raise InputError(
                    f"there is no role {role}",
                    where="--columns",
                    mend=f"{nearest(role, ROLES)}Roles: {', '.join(ROLES)}",
                )
        if self.columns and not any(self._roles(each) is not None for each in self._candidates()):
            fitting = f"the format {self.format}" if self.format else "any one format"
            listed = "; ".join(f"{each.name}: {', '.join(each.required)}" for each in _DETECTED)
            raise InputError(
                f"{', '.join(self.columns)} are not roles of {fitting}", where="--columns", mend=f"Formats: {listed}"
            )

    def _candidates(self) -> tuple[Format, ...]:
        return _DETECTED if self.format is None else (FORMATS[self.format],)

    def _roles(self, target: Format) -> dict[str, str] | None:
        """Give the named columns by the roles of a format; None where it has no such role."""
        found = {}
        for role, column in self.columns.items():
            alias = _ALIASES.get(role, role) if self.format is not None and role not in target.roles else role
            if alias not in target.roles and alias != "context":
                return None
            found[alias] = column
        return found

    def choose(self, columns: Collection[str]) -> Layout | None:
        """Find the first format, in their order of rank, whose required roles are all there."""
        for target in self._candidates():
            named = self._roles(target)
            if named is None or not all(column in columns for column in named.values()):
                continue
            taken = frozenset(named.values())
            free = {role for role in (*target.required, *target.optional) if role in columns and role not in taken}
            roles = {**{role: role for role in target.roles if role in free}, **named}
            if all(role in roles for role in target.required):
                return Layout(format=target.name, columns=roles)
        return None

    def check(self, columns: Collection[str], where: str) -> None:
        """Refuse a file that lacks a named column.

        Raises:
            InputError: It lacks one.
        """
        for column in self.columns.values():
            if column not in columns:
                raise InputError(
                    f"no column {column} in it: its columns are {', '.join(columns)}",
                    where=where,
                    mend=nearest(column, columns).strip() or "Name one of them with --columns",
                )


def canonical(name: str) -> Layout:
    """Give the layout that a format is written in: each role in the column of its name."""
    target = FORMATS[name]
    return Layout(format=name, columns={role: role for role in (*target.roles, "context")})


def nearest(word: str, words: Collection[str]) -> str:
    """Ask for the word that is nearest; empty where none is near."""
    close = get_close_matches(word, list(words), n=1, cutoff=0.5)
    return f"Did you mean {close[0]}? " if close else ""

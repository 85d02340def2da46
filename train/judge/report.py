"""The outcome of a judge: who won, how far the judge can be relied on, and what it cost."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from schemas.counted import counted
from train.interval import Interval, plain_number
from train.judge.controls import Control
from train.judge.tally import Pairing, Share

_COLUMNS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("model", pa.string(), nullable=False),
    pa.field("opponent", pa.string(), nullable=False),
    pa.field("result", pa.string()),
    pa.field("forward", pa.string()),
    pa.field("backward", pa.string()),
    pa.field("forward_reason", pa.string(), nullable=False),
    pa.field("backward_reason", pa.string(), nullable=False),
]
VERDICTS_SCHEMA = pa.schema(_COLUMNS)


class Spent(NamedTuple):
    """Tokens of all verdicts that the result rests on, as the server counts them."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class Rating(NamedTuple):
    """A model and its Elo, 1000 on average."""

    model: str
    elo: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """The outcome of a judge.

    Attributes:
        judge: Name of the judging model.
        route: Where it lies.
        models: The models that were compared.
        rows: Rows judged.
        pairings: Every two models, the later one's view of the earlier.
        ratings: Elo of each model, highest first; empty for two models, where it says no more than the wins.
        same: The control of identical answers.
        stranger: The control of gold against the gold of another row.
        first_place: Share of decided verdicts that went to the first place.
        longer: Share of decided rows that the longer answer won.
        length_correlation: Spearman's correlation of results with length.
        requests: Requests that the result rests on.
        unreadable: Replies of those that are no verdict.
        failed: Requests of those that failed.
        asked: Requests sent this time; the others were in the journal.
        spent: Tokens of all requests.
        dollars: What they cost; None where nobody knows.
        warnings: Why not to rely on it, as sentences.
        verdicts: One row for each row and pairing, the columns of `VERDICTS_SCHEMA`.
    """

    judge: str
    route: str
    models: tuple[str, ...]
    rows: int
    pairings: tuple[Pairing, ...]
    ratings: tuple[Rating, ...]
    same: Control
    stranger: Control
    first_place: Share
    longer: Share
    length_correlation: float
    requests: int
    unreadable: int
    failed: int
    asked: int
    spent: Spent
    dollars: float | None = None
    warnings: tuple[str, ...]
    verdicts: pa.Table

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything but the single verdicts as plain JSON values; the same for the same verdicts."""
        return {
            "judge": self.judge,
            "route": self.route,
            "models": list(self.models),
            "rows": self.rows,
            "pairings": [_pairing(each) for each in self.pairings],
            "elo": {model: interval.plain() for model, interval in self.ratings},
            "controls": {
                name: {**control._asdict(), "share": plain_number(control.share), "passed": control.passed}
                for name, control in (("identical_answers", self.same), ("gold_against_stranger", self.stranger))
            },
            "first_place": {"share": plain_number(self.first_place.share), "of": self.first_place.of},
            "longer_wins": {"share": plain_number(self.longer.share), "of": self.longer.of},
            "length_correlation": plain_number(self.length_correlation),
            "requests": self.requests,
            "unreadable": self.unreadable,
            "failed": self.failed,
            "tokens": {"prompt": self.spent.prompt_tokens, "completion": self.spent.completion_tokens},
            "dollars": self.dollars,
            "warnings": list(self.warnings),
        }

    def text(self) -> str:
        """Tell it in a small table."""
        width = max(len(f"{each.model} against {each.opponent}") for each in self.pairings)
        lines = [
            f"{self.judge} judged {counted(self.rows, 'row')}, each pair in both orders",
            f"  {'':<{width}}   wins  ties losses   score [95 % interval]",
        ]
        for each in self.pairings:
            found = str(each.score) if each.rows else "—"
            lines.append(
                f"  {f'{each.model} against {each.opponent}':<{width}} {each.wins:6} {each.ties:5} {each.losses:6}   "
                f"{found}  {each.standing}"
            )
        lines += [f"  {rating.model:<{width}} Elo {_elo(rating.elo)}" for rating in self.ratings]
        flipped, told = self.flips
        if told:
            lines.append(
                f"  the order changes {flipped / told:.0%} of {told} verdicts; the first place wins "
                f"{_share(self.first_place)}; the longer answer wins {_share(self.longer)}"
            )
        lines.append(
            f"  controls: identical answers tie in {self.same.right} of {self.same.rows}, "
            f"gold wins against a stranger's answer in {self.stranger.right} of {self.stranger.rows}"
        )
        lines.append(
            f"  {self.requests:,} requests, {self.asked:,} of them sent now; {self.unreadable:,} replies no verdict, "
            f"{self.failed:,} failed; {self.spent.prompt_tokens:,} tokens read, "
            f"{self.spent.completion_tokens:,} written{self.cost}"
        )
        return "\n".join([*lines, *(f"  Warning: {warning}" for warning in self.warnings)])

    @property
    def flips(self) -> tuple[int, int]:
        """Comparisons where the order changes the verdict, and all that both replies could be read of."""
        asked = sum(each.rows - each.identical for each in self.pairings)
        return sum(each.flipped for each in self.pairings), asked

    @property
    def cost(self) -> str:
        """What it cost, to stand behind the tokens; empty where nobody knows."""
        return "" if self.dollars is None else f", {self.dollars:.2f} dollars"


def _pairing(each: Pairing) -> dict[str, Any]:  # Any: whatever JSON can hold
    return {
        "model": each.model,
        "opponent": each.opponent,
        "rows": each.rows,
        "wins": each.wins,
        "ties": each.ties,
        "losses": each.losses,
        "shares": {name: interval.plain() for name, interval in each.shares.items()},
        "score": each.score.plain(),
        "standing": each.standing,
        "identical": each.identical,
        "flipped": each.flipped,
        "reversed": each.reversed,
        "unreadable": each.unreadable,
        "failed": each.failed,
    }


def _share(share: Share) -> str:
    return f"{share.share:.0%} of {share.of}" if share.of else "none of 0"


def _elo(interval: Interval) -> str:
    return f"{interval.mean:.0f} [{interval.low:.0f}, {interval.high:.0f}]"

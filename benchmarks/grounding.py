"""Measure how many planted errors the check of answers catches, and how many right answers it rejects.

    python benchmarks/grounding.py [--split built|held_out|unseen|fresh|answered|sealed] [--show]

The passages, right answers and errors are in `benchmarks/grounding/`. The rules were mended by looking at all sets but
`sealed.yaml`, which was measured once, after the last mend: it alone says what to expect of other text. `fresh.yaml`
and `answered.yaml` were such sets before. A planted error is one stretch of a right answer put in another way, or a
sentence added at its end.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from generate.grounding import check_answer
from generate.rejection import Rejection

HERE = Path(__file__).resolve().parent / "grounding"
SPLITS = ("built", "held_out", "unseen")  # the rules were first mended by these
LATER = ("fresh", "answered")  # measured once as unseen text, and mended by afterwards
SEALED = "sealed"  # no rule was mended by it


class Case(NamedTuple):
    """One answer.

    Attributes:
        passage: Name of its passage.
        headings: Its headings.
        text: Its text.
        question: The question.
        answer: The answer.
        kind: Kind of the planted error; empty for a right answer.
        change: What was put for what.
    """

    passage: str
    headings: tuple[str, ...]
    text: str
    question: str
    answer: str
    kind: str
    change: str


@dataclass(slots=True)
class Result:
    """What the check found.

    Attributes:
        right: Number of right answers.
        planted: Planted errors by kind.
        caught: Those that were caught.
        rejected: The right answers that were rejected, with the reason.
        missed: The errors that were not caught.
        reasons: Reasons of the errors that were caught, by kind.
        seconds: Time for all checks.
    """

    right: int
    planted: Counter[str]
    caught: Counter[str]
    rejected: list[tuple[Case, Rejection]]
    missed: list[Case]
    reasons: Counter[tuple[str, str]]
    seconds: float

    @property
    def catch_rate(self) -> float:
        """Share of the planted errors that were caught."""
        return self.caught.total() / self.planted.total()

    @property
    def false_rate(self) -> float:
        """Share of the right answers that were rejected."""
        return len(self.rejected) / self.right


def cases(split: str) -> Iterator[Case]:
    """Read the answers of one half, right and wrong."""
    for passage in yaml.safe_load((HERE / f"{split}.yaml").read_text(encoding="utf-8")):
        for number, answer in enumerate(passage["answers"]):
            head = passage["id"], tuple(passage["headings"]), passage["text"].strip(), answer["q"]
            right = answer["a"]
            yield Case(*head, right, "", "")
            for kind, old, new in answer.get("wrong", []):
                if right.count(old) != 1:
                    raise ValueError(f"{passage['id']}: {old!r} stands {right.count(old)} times in {right!r}")
                yield Case(*head, right.replace(old, new), kind, f"{old} -> {new}")
            if number == 0 and "added" in passage:
                yield Case(*head, f"{right} {passage['added']}", "invented", f"+ {passage['added']}")


def measure(*splits: str) -> Result:
    """Check every answer."""
    result = Result(0, Counter(), Counter(), [], [], Counter(), 0.0)
    start = time.process_time()
    for split in splits:
        for case in cases(split):
            found = check_answer(case.answer, case.text, question=case.question, headings=case.headings)
            if not case.kind:
                result.right += 1
                if found is not None:
                    result.rejected.append((case, found))
                continue
            result.planted[case.kind] += 1
            if found is None:
                result.missed.append(case)
            else:
                result.caught[case.kind] += 1
                result.reasons[case.kind, found.reason] += 1
    result.seconds = time.process_time() - start
    return result


def _print(name: str, result: Result, *, show: bool) -> None:
    answers = result.right + result.planted.total()
    print(f"\n{name}: {result.right} right answers, {result.planted.total()} planted errors")
    print(f"caught {result.catch_rate:.1%}, right ones rejected {result.false_rate:.1%} ({len(result.rejected)})")
    print(f"{result.seconds / answers * 1000:.2f} ms of CPU an answer")
    for kind in sorted(result.planted):
        print(
            f"| {kind} | {result.planted[kind]} | {result.caught[kind]} "
            f"| {result.caught[kind] / result.planted[kind]:.1%} |"
        )
    if show:
        for case, found in result.rejected:
            print(f"  REJECTED {case.passage}: {found.reason} ({found.detail})\n      {case.answer}")
        for case in result.missed:
            print(f"  MISSED {case.passage} [{case.kind}] {case.change}")


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=(*SPLITS, *LATER, SEALED))
    parser.add_argument("--show", action="store_true", help="list what was missed and what was wrongly rejected")
    options = parser.parse_args()
    if options.split is not None:
        _print(_title(options.split), measure(options.split), show=options.show)
        return
    for split in (*SPLITS, *LATER, SEALED):
        if (HERE / f"{split}.yaml").exists():
            _print(_title(split), measure(split), show=options.show)
        else:
            print(f"\n{split}: {HERE / split}.yaml is not here, so it was not measured")
    _print("built, held out and unseen", measure(*SPLITS), show=False)
    _print("all sets that the rules were mended by", measure(*SPLITS, *LATER), show=False)


def _title(split: str) -> str:
    """Name a set, and say whether the rules were mended by it."""
    return f"{split.replace('_', ' ')} ({'no rule was mended by it' if split == SEALED else 'mended by'})"


if __name__ == "__main__":
    main()

from hypothesis import given
from hypothesis import strategies as st

from generate.candidates import Candidate, draw, spread
from tests.generate.makers import candidate


def candidates(sizes: dict[str, int]) -> list[Candidate]:
    found: list[Candidate] = []
    for name, size in sizes.items():
        found.extend(candidate("text", f"{place}", name=name, number=len(found) + place) for place in range(size))
    return found


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 8), max_size=6), st.integers(0, 2**40))
def test_the_order_is_a_permutation_that_goes_round_the_documents(sizes: dict[str, int], seed: int) -> None:
    given_ones = candidates(sizes)
    order = spread(given_ones, seed=seed)
    assert sorted(one.number for one in order) == sorted(one.number for one in given_ones)
    assert spread(given_ones, seed=seed) == order
    for count in range(len(order)):
        taken = [one.document.id for one in order[:count]]
        numbers = [taken.count(name) for name, size in sizes.items()]
        most = max(numbers, default=0)
        assert all(number >= min(most - 1, sizes[name]) for name, number in zip(sizes, numbers, strict=True))


def test_another_document_does_not_change_the_order_inside_one() -> None:
    alone = [one.section.path for one in spread(candidates({"a.md": 9}), seed=3)]
    both = [one.section.path for one in spread(candidates({"a.md": 9, "b.md": 4}), seed=3) if one.document.id == "a.md"]
    assert alone == both


def test_the_seed_changes_the_order() -> None:
    assert len({tuple(one.number for one in spread(candidates({"a.md": 9}), seed=seed)) for seed in range(5)}) > 1


def test_a_draw_depends_on_all_names() -> None:
    values = {
        draw(seed, *names).integers(2**60) for seed, *names in ((0, "a", "b"), (0, "ab"), (1, "ab"), (0, "b", "a"))
    }
    assert len(values) == 4


def test_the_title_stands_before_the_headings_once() -> None:
    assert candidate("x", "Gateway guide", "Use").headings == ("Gateway guide", "Use")
    assert candidate("x", "Use").whereabouts == "Gateway guide > Use"
    assert candidate("x").headings == ("Gateway guide",)

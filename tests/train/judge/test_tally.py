import pytest

from train.judge.tally import Meeting, Reading, first_place, length_correlation, longer_wins, pairing


def meeting(forward: Reading | None, backward: Reading | None, longer_by: int = 1) -> Meeting:
    return Meeting(0, "tuned", "base", forward, backward, longer_by)


@pytest.mark.parametrize(
    ("forward", "backward", "result"),
    [
        ("win", "win", "win"),
        ("loss", "loss", "loss"),
        ("tie", "tie", "tie"),
        ("win", "loss", "tie"),
        ("loss", "win", "tie"),
        ("win", "tie", "tie"),
        ("tie", "loss", "tie"),
        (None, None, "tie"),
        ("win", "unreadable", None),
        ("unreadable", "unreadable", None),
        ("failed", "win", None),
    ],
)
def test_only_both_orders_make_a_win(forward: Reading | None, backward: Reading | None, result: str | None) -> None:
    assert meeting(forward, backward).result == result


def test_every_row_is_counted_once() -> None:
    found = pairing(
        [
            *[meeting("win", "win")] * 7,
            meeting("loss", "loss"),
            meeting("win", "loss"),
            meeting("win", "tie"),
            meeting(None, None),
            meeting("unreadable", "win"),
            meeting("failed", "unreadable"),
        ],
        seed=0,
    )
    assert (found.wins, found.ties, found.losses, found.rows) == (7, 3, 1, 11)
    assert (found.identical, found.flipped, found.reversed) == (1, 2, 1)
    assert (found.unreadable, found.failed) == (1, 1)
    assert found.score.mean == pytest.approx(8.5 / 11)
    assert sum(interval.mean for interval in found.shares.values()) == pytest.approx(1)
    assert found.standing == "better"


def test_five_wins_are_too_few_to_claim_anything() -> None:
    assert pairing([meeting("win", "win")] * 5, seed=0).standing == "too few rows"
    assert pairing([meeting("win", "win")] * 6, seed=0).standing == "better"
    assert pairing([meeting("loss", "loss")] * 6, seed=0).standing == "worse"


def test_the_first_places_share_counts_verdicts_not_rows() -> None:
    # forward first, backward first, forward second, backward second; ties say nothing
    assert first_place([meeting("win", "loss")]) == (1.0, 2)
    assert first_place([meeting("win", "win")]) == (0.5, 2)
    assert first_place([meeting("win", "tie"), meeting("tie", "tie")]) == (1.0, 1)
    assert first_place([meeting("unreadable", "failed")]).of == 0


def test_the_longer_answer_is_told() -> None:
    some = [meeting("win", "win", 5), meeting("loss", "loss", 5), meeting("loss", "loss", -5), meeting("win", "win", 0)]
    assert longer_wins(some) == (2 / 3, 3)
    assert length_correlation([meeting("win", "win", 5), meeting("loss", "loss", -3)]) == pytest.approx(0.894, abs=1e-3)
    assert length_correlation([meeting("win", "win", -5)] * 3) == pytest.approx(-1)

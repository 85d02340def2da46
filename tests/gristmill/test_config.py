from dataclasses import dataclass

import pytest

from gristmill.config import read_config, read_mapping, refuse_unknown
from schemas.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Oven:
    """A settings class as the packages have them."""

    degrees: int = 180
    fan: bool = False

    def __post_init__(self) -> None:
        if self.degrees > 300:
            raise ValueError("degrees is at most 300")


def test_settings_are_read_into_the_dataclass() -> None:
    assert read_config(Oven, {"degrees": 200}, where="r.yaml, oven") == Oven(degrees=200)


def test_nothing_gives_the_defaults() -> None:
    assert read_config(Oven, None, where="r.yaml, oven") == Oven()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"degres": 1}, "r.yaml, oven: there is no key 'degres'. Did you mean degrees?"),
        ({"zzz": 1}, "r.yaml, oven: there is no key 'zzz'. Choose from: degrees, fan"),
        ({"degrees": 999}, "r.yaml, oven: settings: degrees is at most 300"),
        ({"degrees": "hot"}, "r.yaml, oven: degrees: input should be a valid integer"),
        ([1, 2], "r.yaml, oven: settings are expected here, not [1, 2]"),
    ],
    ids=["misspelt", "unknown", "out of range", "wrong kind", "no mapping"],
)
def test_what_is_wrong_is_said_in_one_sentence(values: object, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_config(Oven, values, where="r.yaml, oven")
    assert str(caught.value).startswith(sentence)
    assert caught.value.exit_code == 2


def test_keys_become_text() -> None:
    assert read_mapping({1: "a"}, where="r") == {"1": "a"}


def test_the_kind_of_name_is_named() -> None:
    with pytest.raises(InputError, match=r"there is no stage 'nera'\. Did you mean near\?"):
        refuse_unknown(["nera"], ["near", "exact"], where="r", what="stage")

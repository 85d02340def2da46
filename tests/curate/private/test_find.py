import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.private.find import SUSPECT, find, mask, redact, suspects
from curate.private.number import iban_holds, luhn
from curate.private.span import KINDS, MARKS, Kind, Span, merged

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
BASE62 = LETTERS + LETTERS.upper() + DIGITS
# Put together here, so that no scanner takes this file for a leak.
PEM = "-----BEGIN RSA PRIVATE" + " KEY-----\n" + "\n".join(["MIIEpAIBAAKCAQEA7bq98tq1FvZ3x5yQ" * 2] * 3)
TEXTS = st.text(st.sampled_from("a1b2.@:-+ ()/[]\n=_0579EyJ…é漢") | st.characters(codec="utf-8"), max_size=80)


@pytest.mark.parametrize(
    ("text", "kind", "datum"),
    [
        ("Write to ann.lee@firma.de, please", "email", "ann.lee@firma.de"),
        ("请联系ann@firma.cn谢谢", "email", "ann@firma.cn"),
        ("<mailto:o'hara@post.co.uk>", "email", "o'hara@post.co.uk"),
        ("Ring +49 (0)89 3574-1262 now", "phone", "+49 (0)89 3574-1262"),
        ("from +442083661177.", "phone", "+442083661177"),
        ("(212) 684-4700", "phone", "(212) 684-4700"),
        ("1-800-362-7101", "phone", "1-800-362-7101"),
        ("Tel.: 089/3574126", "phone", "089/3574126"),
        ("phone number is 684-4700", "phone", "684-4700"),
        ("01 42 68 53 00", "phone", "01 42 68 53 00"),
        ("020 8366 1177", "phone", "020 8366 1177"),
        ("ping 59.187.84.127 first", "ip", "59.187.84.127"),
        ("at 59.187.84.127:8080", "ip", "59.187.84.127"),
        ("the server 9.8.7.6", "ip", "9.8.7.6"),
        ("2a00:1450:4001:81b::200e", "ip", "2a00:1450:4001:81b::200e"),
        ("ssh 10.12.129.54", "host", "10.12.129.54"),
        ("fd12:3456:789a::17", "host", "fd12:3456:789a::17"),
        ("see http://wiki.berlin.corp/x", "host", "wiki.berlin.corp"),
        ("db-3.internal:5432", "host", "db-3.internal"),
        ("paid with 4539 1488 0343 6467", "card", "4539 1488 0343 6467"),
        ("3725-496353-98437", "card", "3725-496353-98437"),
        ("to DE75 5121 0800 1245 1261 99 today", "iban", "DE75 5121 0800 1245 1261 99"),
        ("NL20INGB0001234567", "iban", "NL20INGB0001234567"),
        ("AKIA" + "Z7Q4TN2WVK5RJD3P", "key", "AKIA" + "Z7Q4TN2WVK5RJD3P"),
        ("use ghp_" + "q7Wd2kLx9PzR4tBv6NcY8sHj3FgM5aQe1UiO", "key", "ghp_" + "q7Wd2kLx9PzR4tBv6NcY8sHj3FgM5aQe1UiO"),
        ("https://ann:hunter2x@db.firma.de/", "key", "hunter2x"),
        ("password = 'kV7#qLm2'", "key", "kV7#qLm2"),
        ("api_key: 9f8Kd02mVx7Qp4Lt", "key", "9f8Kd02mVx7Qp4Lt"),
        (PEM + "\n-----END RSA PRIVATE KEY-----\n", "key", PEM + "\n-----END RSA PRIVATE KEY-----"),
        ("cut: " + PEM, "key", PEM),
    ],
)  # fmt: skip
def test_private_data_are_found_to_the_sign(text: str, kind: Kind, datum: str) -> None:
    assert [(span.kind, text[span.start : span.end]) for span in find(text)] == [(kind, datum)]
    assert len(suspects([pa.array([text])])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "ann@example.com", "x@host.test", "your_name@gmail.com", "'my_address@gmail.com'", "joe@email.com",
        "logo@2x.png", "git@github.com:a/b.git",
        "pkg@1.2.3", "@decorator.of", "a @ b.com", "ssh://git@code.firma.de/x",
        "On 2024-01-02 12:30:45", "1939-1945", "v1.2.3.4", "version 10.11.12.131", "section 1.2.3.4", "1.2.3.4.5",
        "127.0.0.1", "192.168.1.1", "192.0.2.7", "203.0.113.9", "255.255.255.0", "8.8.8.8", "10.12.0.0", "999.1.1.1",
        "::1", "2001:db8::1", "12:34:56", "00:1A:2B:3C:4D:5E", "std::vector", "abc::def", "a ratio of 1:2:1",
        "ISBN 978-3-16-148410-0", "ISBN 0-306-40615-2", "order 212-684-4700", "invoice no. 212-684-4700",
        "123-456-7890", "(555) 555-5555", "212-555-0143", "020 7946 0321", "01 02 03 04 05", "3.14159265358979",
        "2125556789", "5 + 12345678", "40.752007, -73.984140", "phone: 2020-10-12", "8462735194",
        "4111 1111 1111 1111", "4539 1488 0343 6468", "5309 7677 8244 1346", "1234567890123456", "0000 0000 0000 0000",
        "GB82 WEST 1234 5698 7654 32", "GB95 BARC 1020 1530 0934 59", "XX94 BARC 1020 1530 0934 59",
        "self.local", "threading.local()", "host.docker.internal", ".env.local", "settings.local.json", "e.g. local",
        "AKIAIOSFODNN7" + "EXAMPLE", "api_key = 'YOUR_API_KEY'", "password: password123", "password: string",
        "token = get_token()", "secret: ${SECRET_FROM_VAULT_12}", "the key is to practise", "max_tokens=1000000000",
        "d41d8cd98f00b204e9800998ecf8427e", "123e4567-e89b-12d3-a456-426614174000", "sk-" + "x" * 40,
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_what_only_looks_private_stays(text: str) -> None:
    assert find(text) == []


def plant(seed: int, per_kind: int) -> list[tuple[Kind, str, str]]:
    """Make data of every kind in sentences: (kind, datum, text)."""
    rng = np.random.default_rng(seed)

    def some(signs: str, size: int) -> str:
        return "".join(rng.choice(list(signs), size))

    def with_luhn(head: str) -> str:
        return next(head + digit for digit in DIGITS if luhn(head + digit))

    def with_iban(country: str, rest: str) -> str:
        number = next(
            f"{country}{check:02d}{rest}" for check in range(2, 99) if iban_holds(f"{country}{check:02d}{rest}")
        )
        return " ".join(number[place : place + 4] for place in range(0, len(number), 4))

    def email() -> str:
        domain = some(LETTERS, 7) + str(rng.choice([".com", ".de", ".co.uk", ".io"]))
        return some(LETTERS, 5) + str(rng.choice([".", "_", ""])) + some(LETTERS, 5) + "@" + domain

    def phone() -> str:
        line = str(rng.integers(2000, 9000))
        area, exchange = (f"{rng.choice([2, 3, 4, 6, 7, 8, 9])}{rng.integers(21, 98)}" for _ in range(2))
        return str(
            rng.choice([
                f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"+1 {area} {exchange} {line}",
                f"+49 {rng.integers(151, 179)} {rng.integers(2000000, 9000000)}",
                f"020 8{rng.integers(100, 999)} {line}",
                f"Tel: 0{rng.integers(30, 99)}/{rng.integers(200000, 900000)}",
            ])
        )  # fmt: skip

    def key() -> str:
        return str(
            rng.choice([
                "AKIA" + some(LETTERS.upper() + DIGITS, 12) + "2X4K", "ghp_" + some(BASE62, 35) + "7",
                "glpat-" + some(BASE62, 19) + "7", "xoxb-" + some(DIGITS, 11) + "-" + some(LETTERS + DIGITS, 24),
                "sk_live_" + some(BASE62, 23) + "5", "SG." + some(BASE62, 22) + "." + some(BASE62, 42) + "3",
                "hf_" + some(BASE62, 33) + "8", "sk-proj-" + some(BASE62, 36) + "42", "AIza" + some(BASE62, 34) + "1",
            ])
        )  # fmt: skip

    def iban() -> str:
        return with_iban(*([("DE", some(DIGITS, 18)), ("GB", "NWBK" + some(DIGITS, 14))][int(rng.integers(2))]))

    def host() -> str:
        end = str(rng.choice(["internal", "corp", "lan", "local"]))
        return f"{some(LETTERS, 4)}-{rng.integers(9)}.{some(LETTERS, 5)}.{end}"

    makers = {
        "email": email,
        "phone": phone,
        "ip": lambda: f"{rng.integers(40, 90)}.{rng.integers(33, 255)}.{rng.integers(0, 255)}.{rng.integers(1, 255)}",
        "card": lambda: with_luhn("4" + some(DIGITS, 14)) if rng.random() < 0.5 else with_luhn("37" + some(DIGITS, 12)),
        "iban": lambda: (
            with_iban("DE", some(DIGITS, 18)) if rng.random() < 0.5 else with_iban("GB", "NWBK" + some(DIGITS, 14))
        ),
        "host": host,
        "key": key,
    }
    frames = [
        "{}",
        "Please use {}.",
        "It is {}, they said.",
        "({})",
        "Ours:\n- {}\n- none",
        "漢字 {} です",
        'see "{}" below',
    ]
    planted: list[tuple[Kind, str, str]] = []
    for kind in KINDS:
        for number in range(per_kind):
            datum = makers[kind]()
            planted.append((kind, datum.removeprefix("Tel: "), frames[number % len(frames)].replace("{}", datum)))
    return planted


def test_what_a_generator_plants_is_found_and_masked() -> None:
    planted = plant(seed=7, per_kind=300)
    missed = [
        (kind, text)
        for kind, datum, text in planted
        if kind not in {span.kind for span in find(text)} or datum in mask(text)
    ]
    by_kind = {kind: sum(each == kind for each, _ in missed) for kind in KINDS}
    assert all(count <= 3 for count in by_kind.values()), (by_kind, missed[:5])
    assert len(suspects([pa.array([text for _, _, text in planted])])) == len(planted)


@settings(deadline=None)  # the first example loads or compiles
@given(TEXTS)
def test_redacting_twice_changes_nothing(text: str) -> None:
    once, _ = redact(text)
    assert redact(once) == (once, {})


@settings(deadline=None)  # the first example loads or compiles
@given(st.lists(st.sampled_from([datum for _, datum, _ in plant(3, 4)] + [*MARKS.values(), " ", "x", "1", "@", ", "])))
def test_redacting_neighbours_twice_changes_nothing(parts: list[str]) -> None:
    once, counts = redact("".join(parts))
    assert redact(once) == (once, {})
    assert counts.total() <= len("".join(parts))


@settings(deadline=None)  # the first example loads or compiles
@given(TEXTS)
def test_spans_are_apart_and_the_prefilter_hides_none(text: str) -> None:
    spans = find(text)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert not spans or len(suspects([pa.array([text])])) == 1


def test_spans_that_overlap_become_one_of_the_graver_kind() -> None:
    assert merged([Span("phone", 4, 9), Span("card", 0, 6), Span("ip", 9, 12)]) == [
        Span("card", 0, 9),
        Span("ip", 9, 12),
    ]


def test_only_the_kinds_asked_for_are_redacted() -> None:
    text, kinds = "ann@firma.de, 59.187.84.127", ("ip",)
    assert redact(text, [kind for kind in KINDS if kind in kinds]) == ("ann@firma.de, [IP]", {"ip": 1})
    assert mask(text) == "[EMAIL], [IP]"


HOSTILE = [
    "eyJ", "a@", "1 ", "+1 ", "://a:", "password=", "1.", "a:", "(212) ", "sk-", "-----BEGIN PRIVATE KEY-----",
    "a.lan.", "DE7 ", "//", "AKC", " phone 1",
]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_texts_take_linear_time(part: str) -> None:
    text = part * (300_000 // len(part))
    start = time.process_time()
    find(text)
    assert time.process_time() - start < 3


def test_the_prefilter_is_a_pattern_of_arrow() -> None:
    assert suspects([pa.array(["nothing here", ""]), pa.array(["", "a@b"])]).tolist() == [1]
    assert SUSPECT.startswith("(?i)")

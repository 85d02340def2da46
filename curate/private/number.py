"""Bank cards and IBANs: numbers that prove themselves by a checksum.

Not private: the numbers that card networks and banks print for tests and documentation.
"""

import re
from collections.abc import Iterator

from curate.private.span import Span

# Groups are four and what follows; a run of 14 to 19 digits without gaps counts too.
_CARD = re.compile(
    r"(?<![\w.+-])(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|[.,]\d)"
)
_NETWORKS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12,15}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}"
    r"|(?:5018|5020|5038|6304|6759|676[1-3])\d{10,15}"
)
_TEST_CARDS = frozenset(
    {
        "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "4000000000000002",
        "5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210", "378282246310005",
        "371449635398431", "378734493671000", "6011111111111117", "6011000990139424", "30569309025904",
        "38520000023237", "3056930009020004", "36227206271667", "3530111333300000", "3566002020360505",
        "6200000000000005", "4532015112830366", "4539578763621486", "4716461583322103", "5425233430109903",
    }
)  # fmt: skip
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
        "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 "
        "KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 "
        "PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
        "VA22 VG24 XK20",
    )
}
_TEST_IBANS = frozenset(
    {
        "GB82WEST12345698765432", "GB29NWBK60161331926819", "GB33BUKB20201555555555", "DE89370400440532013000",
        "DE91100000000123456789", "FR1420041010050500013M02606", "FR7630006000011234567890189",
        "ES9121000418450200051332", "IT60X0542811101000000123456", "NL91ABNA0417164300", "BE68539007547034",
        "CH9300762011623852957", "AT611904300234573201", "PL61109010140000071219812874", "SE4550000000058398257466",
        "NO9386011117947", "DK5000400440116243", "FI2112345600000785", "IE29AIBK93115212345678",
    }
)  # fmt: skip


def cards(text: str) -> Iterator[Span]:
    """Find card numbers: a known network's prefix and length, and the Luhn digit."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _NETWORKS.fullmatch(digits) and digits not in _TEST_CARDS and luhn(digits) and len(set(digits)) > 3:
            yield Span("card", match.start(), match.end())


def ibans(text: str) -> Iterator[Span]:
    """Find IBANs: the country's length, and 1 modulo 97."""
    for match in _IBAN.finditer(text):
        wanted = _LENGTHS.get(match[0][:2], 0)
        signs = [place for place, sign in enumerate(match[0]) if sign != " "]
        if not 0 < wanted <= len(signs):
            continue
        end = signs[wanted - 1] + 1
        rest = match[0][end : end + 1] or text[match.end() : match.end() + 1]
        number = match[0][:end].replace(" ", "")
        if rest.isalnum() or number in _TEST_IBANS or not iban_holds(number):
            continue
        yield Span("iban", match.start(), match.start() + end)


def luhn(digits: str) -> bool:
    """Check the last digit of a number by Luhn's rule (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << (place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_holds(number: str) -> bool:
    """Check the two check digits of an IBAN without spaces (ISO 13616)."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1

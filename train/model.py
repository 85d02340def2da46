"""A model on this machine: it answers chat requests and says how likely a given answer is to it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError
from schemas.progress import Progress, silent
from train.apart import reads_past_gaps
from train.attention import group_queries
from train.budget import budget_of, in_memory
from train.decode import Job, Reading, decode_all
from train.folder import (
    check_memory,
    find_model,
    fingerprint,
    first_line,
    load_tokenizer,
    model_name,
    quiet_libraries,
    require,
)
from train.prefill import prefill
from train.render import Renderer
from train.rendered import IGNORED, Fault, Rendered

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_ALIKE = 0.85  # as long as the longest row of a batch, at least: padding costs more than a smaller batch


class Score(NamedTuple):
    """How likely one row's answer is to a model: the sum of -log p, natural, over `tokens` trained tokens."""

    nll: float
    tokens: int


class LocalModel:
    """Answer chat requests with a model in this process; a `schemas.Client`.

    A request's `schema` is not enforced: the answer is free text, for the caller to check.

    Attributes:
        route: `local`.
        model: Name of the model and, after `@`, of its very weights.
        renderer: The one renderer, with the model's tokenizer.
        context: Most tokens of a prompt and its answer together.
    """

    route = "local"

    def __init__(self, network: "PreTrainedModel", renderer: Renderer, *, name: str) -> None:
        self.network = network
        self.renderer = renderer
        self.model = name
        self.context = context_length(network.config, renderer)
        configured = getattr(network.generation_config, "eos_token_id", None)
        ends = configured if isinstance(configured, list) else [configured]
        self._end = frozenset({renderer.end_id, renderer.tokenizer.eos_token_id, *ends} - {None})

    @classmethod
    def load(
        cls, name: str | Path, *, adapter: Path | None = None, dtype: str | None = None, device: str | None = None
    ) -> Self:
        """Load a model folder, or a hub's model by its name.

        Args:
            name: Folder or hub name.
            adapter: Folder of a LoRA adapter to put on it.
            dtype: `float32`, `bfloat16` or `float16`; by default float32 on a CPU, where greedy answers then do not
                depend on what else is in the batch, and bfloat16 on a GPU.
            device: `cpu`, `cuda`, `cuda:1`; by default a GPU where there is one.

        Raises:
            InputError: A folder, its config, tokenizer or weights are missing or broken, or do not fit into memory.
        """
        folder = find_model(name)
        network = load_network(folder, adapter=adapter, dtype=dtype, device=device)
        group_queries(network)
        renderer = Renderer(load_tokenizer(folder))
        label = model_name(name) + ("" if adapter is None else f"+{fingerprint(adapter)}")
        return cls(network, renderer, name=label)

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request, batch by batch, requests of like length together."""
        requests = list(requests)
        jobs: list[Job] = []
        prompts = self.renderer.prompts([request.messages for request in requests])
        for position, (request, prompt) in enumerate(zip(requests, prompts, strict=True)):
            if isinstance(prompt, Fault):
                yield Answer(
                    position, self._error(f"the prompt cannot be rendered: {prompt.detail}", "Change the prompt")
                )
            elif len(prompt) >= self.context:
                what = f"the prompt has {len(prompt)} tokens and the model reads {self.context}"
                yield Answer(position, self._error(what, "Shorten the prompt"))
            elif request.max_tokens < 1:
                yield Answer(position, self._error(f"max_tokens is {request.max_tokens}", "Ask for at least one token"))
            else:
                jobs.append(
                    Job(
                        position=position,
                        prompt=prompt,
                        limit=min(request.max_tokens, self.context - len(prompt)),
                        temperature=request.temperature,
                        top_p=request.top_p,
                        random=np.random.default_rng([abs(request.seed), request.sample]),
                        stop=request.stop,
                    )
                )
        room = budget_of(self.network)
        share = len(jobs) > 1 and self._reads_past_gaps
        reading = Reading(self._end, self.renderer.end_id, self.renderer.decode_answer, share)
        for batch in decode_all(self.network, jobs, tokens=room.tokens, rows=room.rows, settings=reading):
            for job in batch:
                yield Answer(job.position, self._response(job) if job.ended else self._too_large(job.width))

    def score(self, rows: Sequence[Rendered], /, *, progress: Progress = silent) -> list[Score]:
        """Give the negative log-likelihood of each row's trained tokens, in the order of `rows`.

        Rows of like length are read together, padded on the left, so every answer ends in the last column and the
        costly logits are made for the columns of answers only. On a CPU, what the prompts of a batch begin with is
        read once; a GPU has less use for that than for the memory that it takes. Where memory runs out, batches are
        halved.

        Raises:
            LLMError: Memory does not hold a row even alone.
        """
        import torch

        found = [Score(0.0, 0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
        vocabulary = int(self.network.config.get_text_config().vocab_size)
        # Logits take more room than a cache: with 150,000 tokens to choose from, a GPU's budget would be 50 GB of them.
        room = budget_of(self.network)
        most = min(room.tokens // 4, room.logits // vocabulary)
        with torch.inference_mode(), progress("Scoring", len(rows), "rows") as bar:
            while order:
                batch = [order.pop()]
                width = len(rows[batch[0]].ids)
                while order and (len(batch) + 1) * width <= most and len(rows[order[-1]].ids) >= _ALIKE * width:
                    batch.append(order.pop())
                scores = in_memory(partial(self._score, [rows[number] for number in batch]))
                if scores is None:
                    if len(batch) == 1:
                        raise self._too_large(width)
                    most = len(batch) * width // 2
                    order += reversed(batch)
                    continue
                for number, score in zip(batch, scores, strict=True):
                    found[number] = score
                bar.advance(len(batch))
        return found

    def _score(self, rows: Sequence[Rendered]) -> list[Score]:
        import torch

        trained = [row.learnt for row in rows]
        answers = [int(each.argmax()) for each in trained if each.any()]  # where they begin
        if not answers:
            return [Score(0.0, 0)] * len(rows)
        texts = [row.ids.tolist() for row in rows]
        share = self.network.device.type == "cpu" and len(rows) > 1 and self._reads_past_gaps
        most = min(answers) - 1 if share else 0
        cache, ids, mask, places, shared = prefill(self.network, texts, pad=self.renderer.end_id, most=most)
        labels = np.full(ids.shape, IGNORED)
        for line, row, each in zip(labels, rows, trained, strict=True):
            line[len(line) - len(each) + shared :] = np.where(each, row.labels, IGNORED)[shared:]
        kept = labels.shape[1] - int((labels != IGNORED).any(axis=0).argmax())  # columns from the first label on
        network: Any = self.network  # Any: a model's call has no static types
        logits = network(
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache if shared else None,
            use_cache=bool(shared),
            logits_to_keep=kept + 1,
        ).logits[:, :-1]
        wanted = torch.from_numpy(labels[:, -kept:]).to(ids.device)
        losses = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="none"
        )
        sums = losses.view(wanted.shape).double().sum(-1).tolist()
        counts = (wanted != IGNORED).sum(-1).tolist()
        return [Score(nll, tokens) for nll, tokens in zip(sums, counts, strict=True)]

    def _response(self, job: Job) -> ChatResponse:
        text = self.renderer.decode_answer(job.answer)
        for stop in job.stop:
            text = text.partition(stop)[0]
        return ChatResponse(
            text=text,
            finish_reason=job.reason,
            prompt_tokens=len(job.prompt),
            completion_tokens=len(job.answer) + (job.reason == "stop" and not job.stop),
            model=self.model,
        )

    @cached_property
    def _reads_past_gaps(self) -> bool:
        return reads_past_gaps(self.network)

    def _too_large(self, width: int) -> LLMError:
        return self._error(
            f"the memory of {self.network.device} does not hold one text of {width} tokens",
            "Free memory there, or shorten the text or max_tokens",
        )

    def _error(self, what: str, mend: str) -> LLMError:
        return LLMError(what, retryable=False, where=self.model, mend=mend)


def load_network(
    folder: Path, *, adapter: Path | None = None, dtype: str | None = None, device: str | None = None
) -> "PreTrainedModel":
    """Load the weights of a model folder for inference.

    Raises:
        InputError: They do not fit into memory, or cannot be read.
    """
    require("torch", "transformers")
    import torch
    from transformers import AutoModelForCausalLM

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = dtype or ("float32" if device == "cpu" else "bfloat16")
    if dtype not in {"float32", "bfloat16", "float16"}:
        raise InputError(f"dtype {dtype!r} is not known", mend="Choose float32, bfloat16 or float16")
    check_memory(folder, dtype=dtype, device=device)
    if adapter is not None and not (adapter / "adapter_config.json").is_file():
        raise InputError("no adapter_config.json in this adapter folder", where=str(adapter), mend="Check the path")
    with quiet_libraries():
        try:
            network: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
                str(folder),
                dtype=getattr(torch, dtype),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
            )
            if adapter is not None:
                from peft import PeftModel

                network = PeftModel.from_pretrained(network, str(adapter), local_files_only=True)  # type: ignore[assignment] # it answers as a model does
        except Exception as error:
            raise InputError(
                f"the model cannot be loaded ({first_line(error)})",
                where=str(folder if adapter is None else adapter),
                mend="Check the folder; a model that needs code of its own is not loaded",
            ) from error
    moved: Any = network  # Any: a decorator hides the types of `to`
    moved.to(torch.device(device)).eval()
    return network


def context_length(config: Any, renderer: Renderer) -> int:  # Any: each model has a configuration class of its own
    """Give the most tokens that a model reads at once, as its configuration and tokenizer say."""
    longest = getattr(config.get_text_config(), "max_position_embeddings", None) or 1 << 20
    return int(min(longest, renderer.tokenizer.model_max_length))

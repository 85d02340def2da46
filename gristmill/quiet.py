"""Libraries that talk while they work: their bars and warnings are turned off, ours say what matters."""

import contextlib
import io
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_transformers() -> Iterator[None]:
    """Turn off the bars and the chatter of transformers, those too that it writes past its own switch."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    with contextlib.redirect_stderr(io.StringIO()):
        yield

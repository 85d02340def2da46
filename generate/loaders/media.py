"""Which loader reads which file: by the end of its name."""

import json
from hashlib import sha256
from importlib import import_module
from itertools import pairwise
from pathlib import PurePath

from generate.front_matter import front_matter_end
from generate.loaders.content import Content, UnreadableError
from generate.passages.plain import plain_text
from generate.structure import blocks
from schemas import Document, MissingExtraError

MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".txt": "text/plain",
    ".rst": "text/x-rst",
    ".html": "text/html",
    ".htm": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".py": "text/x-python",
}
_LOADERS = {  # modules, imported when the first file of their kind comes
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/x-rst": "rst",
    "text/html": "html",
    "application/x-ipynb+json": "notebook",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "text/x-python": "python",
}
_NAMED = frozenset(
    {"xlsx", "python"}
)  # these loaders want the file's name as well: nothing in it says what it is called
_INSTEAD = {  # what can be done about kinds that no loader reads
    ".doc": "save it as .docx",
    ".ppt": "save it as .pptx",
    ".xls": "save it as .xlsx",
    ".docm": "save it as .docx, without its macros",
    ".pptm": "save it as .pptx, without its macros",
    ".xlsm": "save it as .xlsx, without its macros",
    ".zip": "name it by itself, and it is read as a folder",
}
_LFS = b"version https://git-lfs.github.com/spec/"
_HEAD = 20_000  # characters in which a title is looked for
_LONGEST_TITLE = 200


def media_type(name: str) -> str:
    """Give the media type of a file by its name, empty where no loader reads it."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "")


def unsupported(name: str) -> str:
    """Say that no loader reads files of this name, and what to do about it where something can be done."""
    ending = PurePath(name).suffix
    instead = _INSTEAD.get(ending.lower())
    return f"no loader reads {ending or 'a name without an ending'}{f': {instead}' if instead else ''}"


def load(raw: bytes, name: str) -> Document:
    """Read one file.

    Args:
        raw: Its bytes.
        name: Its id: a path with forward slashes.

    Raises:
        UnreadableError: It cannot be read; the reason and what is wrong stand in the error.
    """
    kind = media_type(name)
    if not kind:
        raise UnreadableError("unsupported", unsupported(name))
    if not raw.strip():
        raise UnreadableError("empty", "it holds nothing" if not raw else "it holds white space only")
    if raw.startswith(_LFS) and len(raw) < 1024:
        raise UnreadableError("unreadable", "it stands in for a file in Git LFS: fetch that with git lfs pull")
    content = _content(raw, kind, name)
    if not content.text.strip():
        raise UnreadableError("empty", "no text is in it")
    return Document(
        id=name,
        sha256=sha256(raw).hexdigest(),
        media_type=kind,
        title=_title(content, name),
        text=content.text,
        metadata=json.dumps(content.metadata, ensure_ascii=False),
    )


def _content(raw: bytes, kind: str, name: str) -> Content:
    try:
        read = import_module(f"generate.loaders.{_LOADERS[kind]}").load
        content = read(raw, name) if _LOADERS[kind] in _NAMED else read(raw)
        assert isinstance(content, Content)
    except UnreadableError:
        raise
    except MissingExtraError as error:
        raise UnreadableError("missing_extra", str(error)) from error
    except MemoryError as error:
        raise UnreadableError("too_large", "it needs more memory than there is") from error
    except RecursionError as error:
        raise UnreadableError("damaged", "it is nested too deeply") from error
    except Exception as error:
        said = (str(error).strip().splitlines() or [""])[0][:200]
        raise UnreadableError("damaged", f"{type(error).__name__}: {said}" if said else type(error).__name__) from error
    return content


def _title(content: Content, name: str) -> str:
    """Give the file's own title, else its first heading, else its name without the ending."""
    title = plain_text(content.title) or _first_heading(content.text) or PurePath(name).stem
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _first_heading(text: str) -> str:
    head = text[front_matter_end(text) :][:_HEAD]
    tokens = blocks(head)
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and following.content.strip():
            return plain_text(following.content)
    return ""

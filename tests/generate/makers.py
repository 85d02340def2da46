"""Documents and candidates for the tests."""

from generate.candidates import Candidate
from schemas import Document, Section


def document(text: str = "", *, title: str = "Gateway guide", name: str = "guide.md") -> Document:
    return Document(id=name, sha256="", media_type="text/markdown", title=title, text=text)


def candidate(
    passage: str, *path: str, title: str = "Gateway guide", name: str = "guide.md", number: int = 0
) -> Candidate:
    section = Section(document=name, path=path, start=0, end=len(passage), kinds=("prose",))
    return Candidate(number, document(passage, title=title, name=name), section, passage)

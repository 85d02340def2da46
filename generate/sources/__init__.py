"""Sources: where a corpus has its files from - a folder, a zip, a git repository - listed without reading any."""

from generate.sources.archive import list_archive
from generate.sources.commit import list_commit, repository_at
from generate.sources.file import File, Listing, Skip, Where
from generate.sources.folder import list_folder, look_at
from generate.sources.patterns import Patterns

__all__ = [
    "File",
    "Listing",
    "Patterns",
    "Skip",
    "Where",
    "list_archive",
    "list_commit",
    "list_folder",
    "look_at",
    "repository_at",
]

"""A zip, read as a folder: nothing is unpacked to disk, and no member is read further than it is long.

Members that would leave the folder (absolute names, `..`, symbolic links) are refused by name.
"""

import stat
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generate.loaders import UnreadableError
from generate.sources.file import Listing, Skip, Where, is_passed_over, listed
from generate.sources.patterns import OWN, Patterns, Rules, rule_of

_MOST_UNPACKED = 20_000_000_000  # bytes in all; a zip that overlaps itself says more than any real one
_MOST_MEMBERS = 1_000_000
_LARGEST_RULES = 1_000_000  # bytes
_ENCRYPTED = 0x1  # flags of a member
_UTF_8 = 0x800


def list_archive(root: Path, patterns: Patterns) -> Listing:
    """List the files of a zip, by name."""
    try:
        archive = zipfile.ZipFile(root)
    except PermissionError as error:
        return Listing(root.name, [Skip(path=root, reason="unreadable", detail=error.strerror or str(error))])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        return Listing(root.name, [Skip(path=root, reason="damaged", detail=f"not a readable zip ({error})")])
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
        detail = f"{len(infos):,} files that unpack to {unpacked:,} bytes"
        return Listing(root.name, [Skip(path=root, reason="too_large", detail=detail)])
    members = sorted(((_name(info), info) for info in infos if not info.is_dir()), key=lambda one: one[0].split("/"))
    rules = patterns.rules + _own_rules(archive, members)
    found: list[Where | Skip] = []
    taken: set[str] = set()
    for name, info in members:
        if any(is_passed_over(part) and part not in {"..", "."} for part in name.split("/")):
            continue
        fault = _fault(name, info)
        if fault is not None:
            found.append(Skip(path=root / name.lstrip("/"), reason=fault.reason, detail=fault.detail))
        elif patterns.leave_out_member(name, rules):
            continue
        elif name in taken:
            found.append(Skip(path=root / name, reason="repeated", detail="the zip holds two files of this name"))
        else:
            taken.add(name)
            found.append(listed(root / name, name, _Member(archive, info)))
    return Listing(root.name, [*found, *patterns.report(root)])


@dataclass(frozen=True, slots=True)
class _Member:
    """One file of a zip; the zip stays open as long as one of its members is known."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def size(self) -> int:
        return self.info.file_size

    def read(self, most: int, /) -> bytes:
        try:
            with self.archive.open(self.info) as opened:
                return opened.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise UnreadableError("damaged", f"it cannot be unpacked ({error})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise UnreadableError("unreadable", f"it cannot be unpacked ({error})") from error


def _name(info: zipfile.ZipInfo) -> str:
    """Give a member's name with forward slashes, without `./`; in UTF-8 where the zip forgot to say that it is."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        with suppress(ValueError):  # it is in the old encoding of zips, or in one that nobody can tell
            name = name.encode("cp437").decode("utf-8")
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for place, part in enumerate(parts) if part not in {"", "."} or (place == 0 and not part))


def _fault(name: str, info: zipfile.ZipInfo) -> UnreadableError | None:
    """Say why a member is not read, from outside."""
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        return UnreadableError("outside", f"its name leads out of the zip: {info.filename}")
    if stat.S_ISLNK(info.external_attr >> 16):
        return UnreadableError("outside", "a symbolic link, which is not followed out of a zip")
    if info.flag_bits & _ENCRYPTED:
        return UnreadableError("encrypted", "it is protected by a password")
    return None


def _own_rules(archive: zipfile.ZipFile, members: list[tuple[str, zipfile.ZipInfo]]) -> Rules:
    info = next((info for name, info in members if name == OWN), None)
    if info is None:
        return ()
    try:
        return rule_of(_Member(archive, info).read(_LARGEST_RULES), OWN)
    except (UnreadableError, OSError):
        return ()

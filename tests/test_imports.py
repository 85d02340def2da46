"""Imports point one way, stay light, and are ours."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "schemas": {"schemas"},
    "generate": {"generate", "schemas"},
    "curate": {"curate", "schemas"},
    "train": {"train", "schemas"},
    "gristmill": {"gristmill", "generate", "curate", "train", "schemas"},
}
HEAVY = {"torch", "transformers", "trl", "peft", "vllm", "openai", "ray", "datasets", "matplotlib", "accelerate"}


def imported(file: Path) -> set[str]:
    """Give the first names of all modules that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for file in files:
        assert imported(file) & set(ALLOWED) <= ALLOWED[package], file


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_pulls_in_nothing_heavy(package: str) -> None:
    code = f"import {package}, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not HEAVY & set(loaded.split())


def test_help_needs_neither_arrow_nor_pydantic() -> None:
    code = "import sys, gristmill.cli as cli\ntry:\n cli.main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not (HEAVY | {"pyarrow", "pydantic", "numpy", "pandas", "numba"}) & set(loaded.split())


def test_a_users_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print('mine')\n")
    (tmp_path / "script.py").write_text("from gristmill import Model\n")
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert f"ImportError: {tmp_path / 'train.py'} is in the way of Gristmill's own package `train`" in done.stderr
    assert "Rename that file" in done.stderr


def test_the_command_says_so_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "gristmill", "--help"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"gristmill: {tmp_path / 'schemas' / '__init__.py'} is in the way")
    assert "Traceback" not in done.stderr

"""A stored catalog is the compiled one; it is compiled again when anything that it comes from has changed."""

from __future__ import annotations

import os
import pickle
import shutil
from typing import TYPE_CHECKING

import pytest

from postern import compile as compiler
from postern.compile import CatalogError
from postern.stored import MOST, fingerprint, stored_catalog
from support.real import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from postern.model import Catalog

BASE = ROOT / "tests" / "bad" / "_base"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small sound catalog."""
    return shutil.copytree(BASE, tmp_path / "catalog")


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Catalog]:
    """What was compiled, in a cache of one's own."""
    made: list[Catalog] = []
    real = compiler.compile_catalog

    def noted(root: Path, site: Path | None = None, overlay: Path | None = None) -> Catalog:
        made.append(real(root, site, overlay))
        return made[-1]

    monkeypatch.setattr(compiler, "compile_catalog", noted)
    monkeypatch.setenv("POSTERN_CACHE", str(tmp_path / "cache"))
    return made


def files(folder: Path) -> list[Path]:
    return sorted((folder / "cache" / "catalogs").iterdir())


def test_the_second_time_nothing_is_compiled(root: Path, compiled: list[Catalog]) -> None:
    first = stored_catalog(root)
    assert stored_catalog(root) == first == compiled[0]
    assert len(compiled) == 1


def test_a_change_of_any_file_is_seen(root: Path, tmp_path: Path, compiled: list[Catalog]) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("language: en\n", encoding="utf-8")
    seen = {fingerprint(root, None, None), fingerprint(root, site, None), fingerprint(root, None, tmp_path / "cache")}
    stored_catalog(root)
    for file in sorted(root.rglob("*.yaml")):
        file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        seen.add(fingerprint(root, None, None))
    assert len(seen) == 3 + len(list(root.rglob("*.yaml")))
    stored_catalog(root)
    assert len(compiled) == 2


@pytest.mark.parametrize("data", [b"", b"\x80\x05nonsense", pickle.dumps("no catalog")])
def test_a_damaged_file_is_as_good_as_none(root: Path, tmp_path: Path, compiled: list[Catalog], data: bytes) -> None:
    stored_catalog(root)
    (file,) = files(tmp_path)
    file.write_bytes(data)
    assert stored_catalog(root) == compiled[0]
    assert len(compiled) == 2
    assert file.read_bytes() != data


def test_what_others_may_write_is_not_read(root: Path, tmp_path: Path, compiled: list[Catalog]) -> None:
    stored_catalog(root)
    (file,) = files(tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o666)
    stored_catalog(root)
    assert len(compiled) == 2


def test_only_the_newest_are_kept(root: Path, tmp_path: Path) -> None:
    types = (root / "types.yaml").read_text(encoding="utf-8")
    for number in range(MOST + 2):
        (root / "types.yaml").write_text(f"{types}# {number}\n", encoding="utf-8")
        stored_catalog(root)
        for at, file in enumerate(sorted(files(tmp_path), key=os.path.getmtime)):
            os.utime(file, (at, at))
    assert len(files(tmp_path)) == MOST


def test_a_cache_that_cannot_be_written_is_no_fault(root: Path, tmp_path: Path, compiled: list[Catalog]) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert stored_catalog(root) == stored_catalog(root) == compiled[0]


def test_a_catalog_with_findings_is_never_stored(root: Path, tmp_path: Path) -> None:
    (root / "events.yaml").write_text("login: {ecs: {category: [nonsense]}}\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(CatalogError):
            stored_catalog(root)
    assert not (tmp_path / "cache" / "catalogs").exists()

"""Artifacts come to disk whole, and nothing else stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postern.artifact import Artifact, Difference, compare, write

if TYPE_CHECKING:
    from pathlib import Path

WANTED = [Artifact("elastic/a.json", "{}\n"), Artifact("elastic/deep/b.txt", "é\r\n"), Artifact("c", "")]


def tree(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write(WANTED, tmp_path / "out")
    return tmp_path / "out"


def test_a_first_write_makes_every_file_and_reports_each_as_missing(tmp_path: Path) -> None:
    differences = write(WANTED, tmp_path / "out")
    assert differences == [Difference(path, "missing") for path in ("c", "elastic/a.json", "elastic/deep/b.txt")]
    assert tree(tmp_path / "out") == {"c": b"", "elastic/a.json": b"{}\n", "elastic/deep/b.txt": b"\xc3\xa9\r\n"}


def test_what_was_written_compares_equal(out: Path) -> None:
    assert compare(WANTED, out) == []
    assert write(WANTED, out) == []


def test_compare_names_missing_changed_and_unexpected_files_in_order(out: Path) -> None:
    (out / "c").unlink()
    (out / "elastic/a.json").write_text("{ }\n")
    (out / "elastic/old.json").write_text("{}")
    expected = [
        Difference("c", "missing"),
        Difference("elastic/a.json", "changed"),
        Difference("elastic/old.json", "unexpected"),
    ]
    assert compare(WANTED, out) == expected


def test_compare_changes_nothing(out: Path) -> None:
    (out / "elastic/a.json").write_text("{ }\n")
    before = tree(out)
    compare(WANTED, out)
    assert tree(out) == before


def test_a_changed_line_end_is_a_change(out: Path) -> None:
    (out / "elastic/deep/b.txt").write_bytes(b"\xc3\xa9\n")
    assert compare(WANTED, out) == [Difference("elastic/deep/b.txt", "changed")]


def test_write_mends_changes_and_removes_what_is_not_expected(out: Path) -> None:
    (out / "elastic/a.json").write_text("{ }\n")
    (out / "elastic/old.json").write_text("{}")
    assert write(WANTED, out) == [Difference("elastic/a.json", "changed"), Difference("elastic/old.json", "unexpected")]
    assert compare(WANTED, out) == []


def test_write_keeps_the_files_that_hold_a_folder_in_git(out: Path) -> None:
    (out / "splunk").mkdir()
    (out / "splunk/.gitkeep").touch()
    assert write(WANTED, out) == []
    assert (out / "splunk/.gitkeep").exists()


def test_an_unchanged_file_is_not_written_again(out: Path) -> None:
    before = (out / "c").stat().st_ino
    write([*WANTED[:2], Artifact("c", "")], out)
    assert (out / "c").stat().st_ino == before


def test_files_are_readable_for_all(out: Path) -> None:
    assert (out / "elastic/a.json").stat().st_mode & 0o777 == 0o644


def test_a_back_end_that_fails_leaves_out_untouched(out: Path) -> None:
    def emit() -> object:
        yield Artifact("elastic/a.json", "changed")
        raise ValueError("the back end broke")

    before = tree(out)
    with pytest.raises(ValueError, match="the back end broke"):
        write(emit(), out)  # type: ignore[arg-type]
    assert tree(out) == before


def test_a_text_that_utf8_cannot_hold_leaves_no_file_behind(out: Path) -> None:
    before = tree(out)
    with pytest.raises(UnicodeEncodeError):
        write([*WANTED, Artifact("d", "\ud800")], out)
    assert tree(out) == before


def test_a_disk_that_is_full_leaves_every_file_whole(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = tree(out)
    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(OSError, match="No space left on device"):
        write([Artifact("elastic/a.json", "new"), *WANTED[1:]], out)
    assert tree(out) == before

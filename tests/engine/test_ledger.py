from __future__ import annotations

import errno
from pathlib import Path
from typing import TextIO

import pytest

from hattama.engine.ledger import Ledger, LedgerError


def test_what_was_put_is_there_in_the_next_run(tmp_path: Path) -> None:
    with Ledger(tmp_path, {"a": 1}) as ledger:
        ledger.put("words 0", [{"text": "сот"}])
    with Ledger(tmp_path, {"a": 1}) as again:
        assert "words 0" in again
        assert again.get("words 0") == [{"text": "сот"}]
        assert again.get("words 1") is None


def test_other_settings_begin_another_ledger(tmp_path: Path) -> None:
    with Ledger(tmp_path, {"beam": 5}) as ledger:
        ledger.put("words 0", 1)
    with Ledger(tmp_path, {"beam": 1}) as other:
        assert "words 0" not in other


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_line_that_a_kill_cut_off_is_done_again_and_nothing_before_it_is_lost(
    tmp_path: Path, cut: int
) -> None:
    with Ledger(tmp_path, 0) as ledger:
        ledger.put("first", "бір")
        ledger.put("second", "екі")
    content = ledger.path.read_bytes()
    ledger.path.write_bytes(content[:-cut])
    with Ledger(tmp_path, 0) as again:
        assert again.get("first") == "бір"
        assert "second" not in again
        again.put("second", "үш")
    with Ledger(tmp_path, 0) as third:
        assert (third.get("first"), third.get("second")) == ("бір", "үш")


def test_a_folder_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(blocked / "work", 0)


def test_a_full_disk_is_one_line_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path, 0)
    ledger.put("first", 1)

    class Full:
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None: ...

    whole: TextIO | None = ledger._file
    monkeypatch.setattr(ledger, "_file", Full())
    with pytest.raises(LedgerError, match="No space left"):
        ledger.put("second", 2)
    assert whole is not None
    whole.close()
    with Ledger(tmp_path, 0) as again:
        assert again.get("first") == 1

"""What a site.yaml sets beside zones and privacy, and that without one everything is as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from postern import backends
from postern.model import Site
from postern.splunk import views
from support import real, sites
from test_cli import postern

if TYPE_CHECKING:
    from pathlib import Path

LINE = "%ASA-6-719022: WebVPN user alice has been authenticated."


def test_an_empty_site_changes_nothing() -> None:
    assert sites.sited("{}").site == Site() == real.catalog().site
    assert backends.artifacts(sites.sited("{}")) == backends.artifacts(real.catalog())


def test_a_site_opens_in_its_language(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("language: zh-Hant\n")
    navigation = views.nav(sites.sited("language: zh-Hant\n"))
    assert navigation.index('_zh_hant" default') < navigation.index('_zh_hans"')
    assert navigation.count("<view") == views.nav(real.catalog()).count("<view")
    words = real.matcher().decode(LINE).message
    assert words is not None
    options = ("--json", "--site", str(tmp_path / "site.yaml"), LINE)
    assert json.loads(postern("explain", *options).stdout)["title"] == words.words("zh-Hant").title
    assert json.loads(postern("explain", "--lang", "en", *options).stdout)["title"] == words.title


@pytest.mark.parametrize("key", ["internal_networks", "thresholds"])
def test_what_is_not_there_is_not_taken_in_silence(key: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"{key}: []\n")
    done = postern("check", "--site", str(tmp_path / "site.yaml"))
    assert done.returncode == 1
    assert b"P201" in done.stdout

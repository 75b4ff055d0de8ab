"""Translations: complete, each in its own script, and equal on the shelf and on the engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from postern.elastic import mappings
from postern.explain import Explainer
from postern.i18n import LANGUAGES
from support.corpus import RECEIVED

if TYPE_CHECKING:
    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog

HAN = r"[\u4e00-\u9fff]"
# Characters that only one of the two scripts writes, of words that these texts use all the time.
ONLY_SIMPLIFIED = set("邮连发务网设检断与会话时间过这个为对应从开关实数据户认证权请错误内传输门级别组态规则备说询问")
ONLY_TRADITIONAL = set("郵連發務網設檢斷與會話時間過這個為對應從開關實數據戶認證權請錯誤內傳輸門級別組態規則備說詢問")
SHARED = ONLY_SIMPLIFIED & ONLY_TRADITIONAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str, catalog: Catalog) -> None:
    """A message with a title alone has it in English only."""
    explained = [message for message in catalog.messages() if message.meaning]
    assert explained
    assert [message.key for message in explained if language not in message.translations] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_search_and_dashboard_is_labelled(language: str, catalog: Catalog) -> None:
    named = {search.name for search in catalog.searches} | {dashboard.name for dashboard in catalog.dashboards}
    assert {name for name, labels in catalog.labels.items() if language in labels} == named
    for dashboard in catalog.dashboards:
        titles = catalog.labels[dashboard.name][language].panels
        assert set(titles) == {panel.id for panel in dashboard.panels}


@pytest.mark.parametrize(
    ("language", "foreign"),
    [("zh-Hans", ONLY_TRADITIONAL - SHARED), ("zh-Hant", ONLY_SIMPLIFIED - SHARED)],
)
def test_a_translation_is_written_in_its_own_script(language: str, foreign: set[str], catalog: Catalog) -> None:
    texts = [
        (message.key, text)
        for message in catalog.messages()
        if message.meaning
        for words in [message.translations[language]]
        for text in (words.title, words.meaning, words.action)
    ]
    assert [(key, text) for key, text in texts if not re.search(HAN, text) or foreign & set(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_half_width_comma_or_stop_stands_between_han_characters(language: str, catalog: Catalog) -> None:
    texts = [
        text
        for message in catalog.messages()
        if message.meaning
        for words in [message.translations[language]]
        for text in (words.title, words.meaning, words.action)
    ]
    assert [text for text in texts if re.search(HAN + "[,.;:]" + HAN, text)] == []


def test_the_two_chinese_texts_are_two_texts(catalog: Catalog) -> None:
    explained = [message for message in catalog.messages() if message.meaning]
    same = [m.key for m in explained if m.translations["zh-Hans"].meaning == m.translations["zh-Hant"].meaning]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_speaks_the_language(language: str, catalog: Catalog, matcher: Matcher) -> None:
    decoded = matcher.decode("%ASA-6-719022: WebVPN user alice has been authenticated.")
    explained = Explainer(catalog, language).explain(decoded, RECEIVED)
    words = next(m for m in catalog.messages() if m.key == "cisco_asa.719022").translations[language]
    assert [explained[key] for key in ("title", "meaning", "action")] == [words.title, words.meaning, words.action]


@pytest.mark.engine
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lookup_index_of_a_language_holds_its_words(language: str, node: Node, catalog: Catalog) -> None:
    answer = node.client().search(index=mappings.lookup_name(language), size=10_000)
    found = {hit["_source"]["postern"]["key"]: hit["_source"]["postern"]["title"] for hit in answer["hits"]["hits"]}
    assert found == {message.key: message.words(language).title for message in catalog.messages()}


def test_the_files_say_each_hash_once_a_message(catalog: Catalog) -> None:
    from postern.paths import catalog_root

    for language in LANGUAGES:
        for product in catalog.products:
            data = yaml.safe_load((catalog_root() / "i18n" / language / f"{product.name}.yaml").read_text("utf-8"))
            assert list(data) == [message.id for message in product.messages if message.meaning]

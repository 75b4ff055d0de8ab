"""The search expressions of event types: `field=value`, wildcards, AND, OR, NOT, IN, parentheses, macros."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .conf import Setting, Stanzas, text_of
from .eval_values import number
from .event import Fields, values
from .faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    Test = Callable[[Fields], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[(),])
    | (?P<field>"[^"]+"|[^\s()"=<>!,|\[\]]+)\s*(?P<op>!=|<=|>=|=|<|>)\s*(?P<value>"(?:\\.|[^"\\])*"|[^\s()",|\[\]]+)
    | (?P<word>"(?:\\.|[^"\\])*"|[^\s()",|\[\]]+))""",
    re.VERBOSE | re.DOTALL,
)
_MACRO = re.compile(r"`([^`]*)`")
_CALL = re.compile(r"\s*([^\s()]+?)\s*(?:\((.*)\))?\s*", re.DOTALL)
_DEPTH = 20


class BrokenSearchError(Exception):
    """Splunk would not accept this as an event type."""


class Macros:
    """macros.conf."""

    def __init__(self, stanzas: Stanzas) -> None:
        self._stanzas = stanzas

    def expand(self, search: str) -> str:
        """A search with every macro replaced by its text.

        Raises:
            BrokenSearchError: for a macro that does not exist, takes another number of arguments, or calls itself.
        """
        for _ in range(_DEPTH):
            if "`" not in search:
                return search
            search = _MACRO.sub(lambda found: self._text(found[1]), search)
        raise BrokenSearchError("macros nest too deeply")

    def _text(self, call: str) -> str:
        found = _CALL.fullmatch(call)
        name, given = (found[1], _arguments(found[2])) if found else (call, [])
        key = f"{name}({len(given)})" if given else name
        stanza = self._stanzas.get(key)
        if stanza is None:
            raise BrokenSearchError(f"there is no macro `{key}`")
        text = text_of(stanza, "definition")
        names = [one.strip() for one in text_of(stanza, "args").split(",") if one.strip()]
        if len(names) != len(given):
            raise BrokenSearchError(f"the macro `{key}` names {len(names)} arguments")
        for one, value in zip(names, given, strict=True):
            text = text.replace(f"${one}$", value)
        return text


def _arguments(text: str | None) -> list[str]:
    """A macro's arguments; quotes protect commas."""
    found = re.findall(r'\s*("(?:\\.|[^"\\])*"|[^,]*)\s*(?:,|$)', text or "")
    given = [one.strip() for one in found]
    return [one[1:-1] if one.startswith('"') else one for one in (given[:-1] if given and not given[-1] else given)]


def compile_search(search: str, setting: Setting) -> Test:
    """A search expression as a test of an event's fields.

    Raises:
        BrokenSearchError: for what Splunk does not accept in an event type.
        Unsupported: for words without a field, which need Splunk's index.
    """
    parser = _Parser(_tokens(search), setting)
    test = parser.conjunction()
    parser.finish()
    return test


def _tokens(search: str) -> list[dict[str, str]]:
    tokens, position, search = [], 0, search.rstrip()
    while position < len(search):
        found = _TOKEN.match(search, position)
        if found is None:
            rest = search[position:].strip()
            what = {"|": "a pipe", "[": "a subsearch"}.get(rest[0], f"{rest[:20]!r}")
            raise BrokenSearchError(f"{what} in an event type")
        tokens.append({kind: text for kind, text in found.groupdict().items() if text is not None})
        position = found.end()
    return tokens


class _Parser:
    """NOT binds tightest, then OR, then AND: the order of the search command, not that of eval."""

    def __init__(self, tokens: list[dict[str, str]], setting: Setting) -> None:
        self._tokens, self._setting = tokens, setting
        self._at = 0

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise BrokenSearchError("a parenthesis too many")

    def _peek(self) -> dict[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else {}

    def _take(self, kind: str, text: str) -> bool:
        found = self._peek().get(kind) == text
        self._at += found
        return found

    def conjunction(self) -> Test:
        tests = [self._disjunction()]
        while self._peek() and self._peek().get("sign") != ")":
            self._take("word", "AND")
            tests.append(self._disjunction())
        return tests[0] if len(tests) == 1 else lambda fields: all(test(fields) for test in tests)

    def _disjunction(self) -> Test:
        tests = [self._negation()]
        while self._take("word", "OR"):
            tests.append(self._negation())
        return tests[0] if len(tests) == 1 else lambda fields: any(test(fields) for test in tests)

    def _negation(self) -> Test:
        if not self._take("word", "NOT"):
            return self._term()
        inner = self._negation()
        return lambda fields: not inner(fields)

    def _term(self) -> Test:
        token = self._peek()
        self._at += 1
        if token.get("sign") == "(":
            inner = self.conjunction()
            if not self._take("sign", ")"):
                raise BrokenSearchError("a parenthesis is not closed")
            return inner
        if "field" in token:
            return self._comparison(_plain(token["field"]), token["op"], _plain(token["value"]))
        if "word" in token and self._take("word", "IN"):
            return self._membership(_plain(token["word"]))
        if "word" in token and token["word"] not in {"AND", "OR", "NOT", "IN"}:
            raise Unsupported(
                self._setting.file, self._setting.stanza, "search", f"{token['word']}: a word without a field"
            )
        raise BrokenSearchError("a term is missing")

    def _comparison(self, name: str, sign: str, value: str) -> Test:
        if name == "tag" or name.startswith("tag::"):
            raise BrokenSearchError("an event type cannot use tags")
        if name == "eventtype":
            raise Unsupported(self._setting.file, self._setting.stanza, "search", "an event type that uses another")
        if sign in {"=", "!="}:
            equal = _equality(name, value)
            # `!=` wants the field to be there; NOT does not.
            return equal if sign == "=" else lambda fields: name in fields and not equal(fields)
        return lambda fields: any(_ordered(one, sign, value) for one in values(fields.get(name)))

    def _membership(self, name: str) -> Test:
        if not self._take("sign", "("):
            raise BrokenSearchError("IN without a list")
        exact: set[str] = set()
        tests = []
        while not self._take("sign", ")"):
            token = self._peek()
            if "word" not in token:
                raise BrokenSearchError("IN with something that is no value")
            value = _plain(token["word"])
            if "*" in value:
                tests.append(_equality(name, value))
            else:
                exact.add(value.lower())
            self._at += 1
            self._take("sign", ",")
        tests.append(_one_of(name, frozenset(exact)))
        return tests[0] if len(tests) == 1 else lambda fields: any(test(fields) for test in tests)


def _plain(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text[1:-1]) if text.startswith('"') else text


def _equality(name: str, value: str) -> Test:
    """Values are compared without regard to case; `*` stands for anything, `field=*` for a field that is there."""
    wanted = value.lower()
    if "*" not in wanted:
        return _one_of(name, frozenset({wanted}))
    shape = re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)
    return lambda fields: any(shape.fullmatch(one.lower()) is not None for one in values(fields.get(name)))


def _one_of(name: str, wanted: frozenset[str]) -> Test:
    """Whether a field has one of some values, which are in lower case."""

    def test(fields: Fields) -> bool:
        value = fields.get(name)
        if isinstance(value, str):  # most fields are: no list is made for them
            return value.lower() in wanted
        return any(one.lower() in wanted for one in values(value))

    return test


def _ordered(left: str, sign: str, right: str) -> bool:
    numbers = number(left), number(right)
    order = (left > right) - (left < right)
    if numbers[0] is not None and numbers[1] is not None:
        order = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]

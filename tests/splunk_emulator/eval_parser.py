"""Eval expressions: a lexer and a recursive-descent parser that builds closures.

The subset: field names (`a`, `'a.b'`), text and number literals, the functions of `eval_functions`, `.`, arithmetic,
comparisons, IN, LIKE, AND, OR, XOR, NOT, parentheses. Where operators without parentheses would need a precedence that
Splunk does not document (`.` beside arithmetic), the expression is refused.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .eval_functions import FUNCTIONS, Context
from .eval_time import TIME_FUNCTIONS
from .eval_values import EvalError, Result, arithmetic, compare, equal, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event import Fields

    Expression = Callable[[Fields], Result]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"(?:\\.|[^"\\])*")
    | (?P<quoted>'[^']*')
    | (?P<sign>==|!=|<=|>=|[-+*/%.,()=<>]))""",
    re.VERBOSE | re.DOTALL,
)
_COMPARISONS: dict[str, Callable[[float | str, float | str], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_KNOWN = FUNCTIONS | TIME_FUNCTIONS
_WORDS = frozenset({"AND", "OR", "NOT", "XOR", "IN", "LIKE"})


class EvalSyntaxError(Exception):
    """Splunk would refuse the expression."""


class NotEmulatedError(Exception):
    """The expression may be right, but it is outside the subset."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def compile_eval(source: str, context: Context) -> Expression:
    """An expression as a function of an event's fields.

    Raises:
        EvalSyntaxError: for what is no expression.
        NotEmulatedError: for functions and mixtures of operators outside the subset.
    """
    parser = _Parser(_tokens(source), context)
    expression = parser.disjunction()
    parser.finish()
    return expression


def _tokens(source: str) -> list[_Token]:
    tokens, position, source = [], 0, source.rstrip()
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise EvalSyntaxError(f"cannot be read from {source[position : position + 20]!r} on")
        kind = found.lastgroup or ""
        word = found[kind]
        if kind == "name" and word.upper() in _WORDS and not _called(word, source, found.end()):
            kind, word = "word", word.upper()
        tokens.append(_Token(kind, word))
        position = found.end()
    return tokens


def _called(word: str, source: str, end: int) -> bool:
    """`in(x, …)` and `like(x, …)` at the place of an operand are functions; upper-case they are operators."""
    return word in {"in", "like"} and source[end:].startswith("(")


class _Parser:
    def __init__(self, tokens: list[_Token], context: Context) -> None:
        self._tokens, self._context = tokens, context
        self._at = 0

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise EvalSyntaxError(f"unexpected {self._tokens[self._at].text!r}")

    def _peek(self, *texts: str) -> str:
        """The next token's text if it is one of these operators."""
        token = self._tokens[self._at] if self._at < len(self._tokens) else _Token("end", "")
        return token.text if token.kind in {"sign", "word"} and token.text in texts else ""

    def _take(self, *texts: str) -> str:
        found = self._peek(*texts)
        self._at += bool(found)
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise EvalSyntaxError(f"{sign!r} is missing")

    def disjunction(self) -> Expression:
        left = self._conjunction()
        while word := self._take("OR", "XOR"):
            left = _either(left, self._conjunction()) if word == "OR" else _one_of(left, self._conjunction())
        return left

    def _conjunction(self) -> Expression:
        left = self._negation()
        while self._take("AND"):
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Expression:
        if not self._take("NOT"):
            return self._comparison()
        inner = self._negation()

        def negated(fields: Fields) -> Result:
            value = truth(inner(fields))
            return None if value is None else not value

        return negated

    def _comparison(self) -> Expression:
        left = self._sum()
        sign = self._take("=", "==", "!=", "<", ">", "<=", ">=", "IN", "LIKE")
        if not sign:
            return left
        if sign == "IN":
            return self._call("in", [left, *self._arguments()])
        right = self._sum()
        if self._peek("=", "==", "!=", "<", ">", "<=", ">="):
            raise NotEmulatedError("a chain of comparisons")
        if sign == "LIKE":
            return self._call("like", [left, right])
        return _compared(left, sign, right)

    def _sum(self) -> Expression:
        """`+`, `-` and `.`: which of them binds tighter is not documented, so a mixture is refused."""
        start = self._at
        left = self._product()
        used = set[str]()
        while sign := self._take("+", "-", "."):
            used.add(sign)
            left = _joined(left, self._product()) if sign == "." else _calculated(left, sign, self._product())
        inner = self._operators(start)
        if "." in used and inner & set("+-*/%"):
            raise NotEmulatedError("`.` beside arithmetic without parentheses")
        return left

    def _operators(self, start: int) -> set[str]:
        """The operators since a token, outside parentheses."""
        depth, found = 0, set[str]()
        for token in self._tokens[start : self._at]:
            depth += (token.text == "(") - (token.text == ")") if token.kind == "sign" else 0
            if depth == 0 and token.kind == "sign":
                found.add(token.text)
        return found

    def _product(self) -> Expression:
        left = self._unary()
        while sign := self._take("*", "/", "%"):
            left = _calculated(left, sign, self._unary())
        return left

    def _unary(self) -> Expression:
        sign = self._take("-", "+")
        if not sign:
            return self._operand()
        inner = self._unary()
        return _calculated(lambda _: 0.0, sign, inner)

    def _operand(self) -> Expression:
        if self._at >= len(self._tokens):
            raise EvalSyntaxError("ends where a value is expected")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "number":
            return _constant(float(token.text))
        if token.kind == "text":
            return _constant(re.sub(r'\\(["\\])', r"\1", token.text[1:-1]))
        if token.kind == "name" and self._peek("("):
            return self._call(token.text, self._arguments())
        if token.kind in {"name", "quoted"}:
            name = token.text.strip("'") if token.kind == "quoted" else token.text
            return lambda fields: fields.get(name)
        if token == _Token("sign", "("):
            inner = self.disjunction()
            self._expect(")")
            return inner
        raise EvalSyntaxError(f"unexpected {token.text!r}")

    def _arguments(self) -> list[Expression]:
        self._expect("(")
        given: list[Expression] = []
        while not self._take(")"):
            if given:
                self._expect(",")
            given.append(self.disjunction())
        return given

    def _call(self, name: str, given: list[Expression]) -> Expression:
        function = _KNOWN.get(name.lower())
        if function is None:
            raise NotEmulatedError(f"the function {name}()")
        if not function.least <= len(given) <= function.most or (name.lower() == "case" and len(given) % 2):
            raise EvalSyntaxError(f"{name}() with {len(given)} arguments")
        context, call = self._context, function.call
        return lambda fields: call(context, given, fields)


def _constant(value: float | str) -> Expression:
    return lambda _: value


def _both(left: Expression, right: Expression) -> Expression:
    """AND of three values: false beats null."""

    def value(fields: Fields) -> Result:
        one, other = truth(left(fields)), truth(right(fields))
        if one is False or other is False:
            return False
        return None if one is None or other is None else True

    return value


def _either(left: Expression, right: Expression) -> Expression:
    """OR of three values: true beats null."""

    def value(fields: Fields) -> Result:
        one, other = truth(left(fields)), truth(right(fields))
        if one or other:
            return True
        return None if one is None or other is None else False

    return value


def _one_of(left: Expression, right: Expression) -> Expression:
    def value(fields: Fields) -> Result:
        one, other = truth(left(fields)), truth(right(fields))
        return None if one is None or other is None else one != other

    return value


def _compared(left: Expression, sign: str, right: Expression) -> Expression:
    if sign in {"=", "=="}:
        return lambda fields: equal(left(fields), right(fields))
    if sign == "!=":
        return _negated_equality(left, right)
    test = _COMPARISONS[sign]
    return lambda fields: compare(left(fields), right(fields), test)


def _negated_equality(left: Expression, right: Expression) -> Expression:
    def value(fields: Fields) -> Result:
        one, other = left(fields), right(fields)
        if isinstance(one, list) or isinstance(other, list):
            raise EvalError("!= of a multivalue field is not emulated")
        same = equal(one, other)
        return None if same is None else not same

    return value


def _joined(left: Expression, right: Expression) -> Expression:
    def value(fields: Fields) -> Result:
        one, other = text(left(fields), "`.`"), text(right(fields), "`.`")
        return None if one is None or other is None else one + other

    return value


def _calculated(left: Expression, sign: str, right: Expression) -> Expression:
    return lambda fields: arithmetic(left(fields), right(fields), sign)

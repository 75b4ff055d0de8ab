"""Regexes that go through many lines in one pass: one that finds headers, and one for each text.

The trees are narrowed to ASCII without line feeds: bytes are then characters, and no match crosses a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pcre2

from postern import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.matcher import Form, Pattern, ProductMatcher

_PLAIN = regex.ALL & ~regex.NON_ASCII & ~regex.mask_of("\n")
_EVEN = bytes(code for code in range(regex.NON_ASCII.bit_length() - 1) if code not in b"\x0b\x0c")
_ID = "message_id"
# What stands before the text of each line once its header is taken: its owner and id, on a line of their own.
_HEAD = b"${*MARK} $1\n$2"
NO_HEADER = b"? "
"""The head of a line that no header fits."""
_LEFT = "-"  # an owner whose lines only the matcher can read
# The id of a native key-value body, as far as it is plain to see: bare values before it, and it is bare itself.
_BY_KEY = r"(?=[ \t\r]*+(?:(?!{0}=)[A-Za-z0-9_.]++=(?!\")[^ \t\r\n]*+[ \t\r]++)*+{0}=([A-Za-z0-9_.]++)(?![^ \t\r\n])|)"


class Headed(NamedTuple):
    """Lines without their headers: of each the head, which stands for owner and id, and the text after the header."""

    heads: list[bytes]
    bodies: list[bytes]


def odd_lines(lines: Sequence[bytes]) -> list[int]:
    """The places of lines that cannot go through the passes: not ASCII, or with blanks that our texts do not know."""
    text = b"".join(lines)
    if text.isascii() and b"\x0b" not in text and b"\x0c" not in text:
        return []
    return [at for at, line in enumerate(lines) if line.translate(None, _EVEN)]


class HeaderPass:
    """Finds the headers of plain lines, trying `forms` in their order."""

    def __init__(self, forms: Sequence[Form], owners: Sequence[ProductMatcher]) -> None:
        """Owners are told by their places."""
        branches = [branch for form in forms if (branch := _branch(form, str(owners.index(form.owner))))]
        self._regex = _compiled(f"(?|{'|'.join([*branches, _any_line()])})")

    def headed(self, lines: Sequence[bytes]) -> Headed | None:
        """What the lines are found to be; None where PCRE2 gave up."""
        if self._regex is None:
            return None
        if not lines:
            return Headed([], [])
        try:
            # The line feed at the end: ^ does not match behind the last one, where an empty line may stand.
            found = self._regex.sub(_HEAD, b"\n".join([*lines, b""])).split(b"\n")
        except pcre2.LibraryError:
            return None
        return Headed(found[0:-1:2], found[1::2])

    @staticmethod
    def owner(head: bytes) -> tuple[int | None, str]:
        """The place of a head's owner, None if only the matcher can read its lines, and the id."""
        number, _, ident = head.decode("ascii").partition(" ")
        return None if number == _LEFT else int(number), ident


def _any_line() -> str:
    """Takes the first character of any line, and puts it back."""
    return rf"()([^\n]?)(*MARK:{NO_HEADER.decode().rstrip()})"


def _branch(form: Form, owner: str) -> str | None:
    """The regex of a header whose match is marked with its owner; None if it fits no plain line."""
    tree = regex.within(form.header.node, _PLAIN)
    if tree is None:
        return None
    source = regex.spell(tree, lambda one, inner: f"({inner})" if one.name == _ID else f"(?:{inner})")
    if form.header.closing:
        # The matcher looks for the end first, and for other headers where it lacks; the body ends before it.
        end = regex.spell(regex.Lit(form.header.closing))
        return rf"(?>{source})(?=[^\n]*{end}[ \t\r]*$)(*MARK:{_LEFT})"
    if form.header.bracketed or len(form.pattern.idents) > 1:
        return f"(?:{source})(*MARK:{_LEFT})"
    if key := form.owner.product.key:
        source = f"(?>{source}){_BY_KEY.format(regex.spell(regex.Lit(key)))}"
    return f"(?:{source})" + ("" if form.pattern.idents or key else "()") + f"(*MARK:{owner})"


class TextPass:
    """Takes the lines that fit a text out of many plain lines."""

    def __init__(self, pattern: Pattern) -> None:
        """Lines fit as `pattern` says."""
        self.pattern = pattern
        tree = regex.within(pattern.node, _PLAIN)
        self._fits_none = tree is None
        self._regex = None if tree is None or regex.nullable(tree) else _compiled(f"(?:{_spelled(tree)})$")

    def taken(self, text: bytes) -> tuple[bytes, int]:
        """The lines of a text, those that fit emptied, and how many did; one that is empty never does."""
        if self._fits_none:
            return text, 0
        if self._regex is not None:
            try:
                taken: tuple[bytes, int] = self._regex.subn(b"", text)
            except pcre2.LibraryError:  # one of its limits
                pass
            else:
                return taken
        lines = text.split(b"\n")
        left = [b"" if line and self.pattern.fits(line.decode("ascii")) else line for line in lines]
        return b"\n".join(left), left.count(b"") - lines.count(b"")


def _spelled(tree: regex.Node) -> str:
    return regex.spell(tree, regex.uncaptured)


def _compiled(source: str) -> Any:
    """A regex for the beginning of lines; None where PCRE2 refuses it as too large."""
    try:
        return pcre2.compile(f"(*LF)(?m)^{source}".encode())
    except pcre2.LibraryError:
        return None

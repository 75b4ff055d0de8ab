"""What a site does not keep of what lines say of people: which fields, how a value is hashed, and with which salt.

A hash is the SHA-256 of a salt and the value, in hexadecimal: equal values have equal hashes, whichever field they
stand in, mail addresses in any case of A to Z. The salt is a secret, so no generated file holds it: where it belongs
stands a placeholder, and whoever installs the pipelines puts the salt there.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from postern.model import DROP, KEEP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Privacy

SALT = "POSTERN_PRIVACY_SALT"  # the variable that holds the salt, and what stands in its place in the pipeline
SHORTEST = 32  # characters of a salt; the placeholder is shorter, so that a pipeline can tell that it got none
_FIT = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST},}}")
_NO_SLOTS = {"related.user": "user", "error.message": "text"}  # kinds of what is written beside the slots
_RAW = ("event.original", "message")


class SaltError(Exception):
    """Values are to be hashed, and there is no salt to do it with: a sentence, and the way out."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = f"Set {SALT} to {SHORTEST} letters and digits or more: `openssl rand -hex 32`. Keep it safe."


class Rule(NamedTuple):
    """What becomes of a field: `how` is `hash` or `drop`; one that `folds` hashes any case of letters alike."""

    path: str
    how: str
    folds: bool


def rules(catalog: Catalog) -> Iterator[Rule]:
    """A rule for each field that is not kept as it is."""
    privacy = catalog.site.privacy
    kinds = {path: field.privacy for field in catalog.fields.values() for path in (*field.roles(), field.param)}
    for path, kind in sorted((kinds | _NO_SLOTS).items()):
        if (how := privacy.of(kind)) != KEEP:
            yield Rule(path, how, folds(kind))
    yield from (Rule(path, DROP, folds=False) for path in _RAW if privacy.raw == DROP)


def folds(kind: str | None) -> bool:
    """Whether values of a kind are the same in any case of their letters."""
    return kind == "address"


def hashed(value: Any, salt: str, *, folded: bool) -> Any:
    """The hash of a value; of a list, of each of its values."""
    if isinstance(value, list):
        return [hashed(one, salt, folded=folded) for one in value]
    text = str(value).encode()
    return hashlib.sha256(salt.encode() + (text.lower() if folded else text)).hexdigest()  # of bytes: A to Z alone


def salt_of(privacy: Privacy) -> str:
    """The salt as the environment has it; empty where it has none, or where nothing is hashed.

    Raises:
        SaltError: it is too short to be a secret, or holds characters that a file or a shell might change.
    """
    salt = os.environ.get(SALT, "") if privacy.hashes else ""
    if salt and not _FIT.fullmatch(salt):
        raise SaltError(f"{SALT} is no salt: it has less than {SHORTEST} characters, or others than A-Z a-z 0-9 _ -.")
    return salt


def filled(text: str, salt: str) -> str:
    """A generated file with the salt in its place, as it goes to the cluster.

    Raises:
        SaltError: it needs one, and there is none.
    """
    if SALT in text and not salt:
        raise SaltError("The site hashes values, and there is no salt.")
    return text.replace(SALT, salt)

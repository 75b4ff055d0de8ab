"""The account that runs the server: Elasticsearch refuses root, so root hands it to an unprivileged user."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postern.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The user that has to run the server, or None where the current user may."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(str(_NOBODY), _NOBODY, _NOBODY)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def may_enter(account: Account, folder: Path) -> bool:
    """Whether the user can list and traverse a folder, parents included.

    Raises:
        EngineError: this system does not let root change to another user.
    """
    try:
        done = subprocess.run(
            ["test", "-r", folder, "-a", "-x", folder],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(
            f"Elasticsearch does not run as root, and this system does not let root change to the user {account.name}.",
            "Run the command as an ordinary user.",
        ) from error
    return done.returncode == 0

"""Names of Splunk fields: what an extraction writes, and the common name under which a search finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postern.model import Field

PREFIX = "postern_"


def extracted(field: Field, member: str) -> str:
    """The field that REPORT writes for a value of this member type.

    Always of ours (`postern_…`), so that an extraction never fills a field of another add-on: by the CIM name, for two
    slots may share one; by the slot where there is none.
    """
    role = field.cim_role(member)
    if role is not None:
        return PREFIX + role
    return PREFIX + (field.name if field.cim is None else f"{field.name}_{member}")

"""Who plants: the plan's five roles in an office's words."""

from __future__ import annotations

from typing import Final

from lvgeo.registers.cells import word

__all__ = ["ROLE", "ROLES"]

# Keys of [trees_per_role], 二(一)(二).
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "leader": ("党政主要领导", "主要领导", "街道主要领导"),
    "deputy": ("班子成员", "领导班子成员", "街道其他领导班子成员", "其他班子成员", "街道班子成员"),
    "secretary": ("书记", "村书记", "社区书记", "党组织书记", "村(社区)党组织书记", "村党组织书记"),
    "member": ("党员", "党员干部", "干部", "两委干部", "村两委干部", "机关党员"),
    "household": ("户", "群众", "群众(每户)", "农户", "居民", "户主", "村民", "每户"),
}

ROLE: Final = word(ROLES, "row_role_unknown")
"""Reader of a cell that names a role."""

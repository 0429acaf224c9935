"""What a register is made of: its fields with their headings, and the rows and refusals that come of reading it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from lvgeo.land.table_cells import HEADINGS
from lvgeo.registers.cells import code, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lvgeo.errors import Refusal

__all__ = ["VILLAGE", "VILLAGE_CODE", "Field", "Origin", "Register", "RegisterKind", "RowIssue", "Severity"]

T = TypeVar("T")
When = Literal["", "done", "planned"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register.

    Parameters
    ----------
    key
        Our name, also the row's attribute.
    headings
        What offices call it.
    read
        Cell → value; raises `CellError`.
    default
        Of an empty cell, or of a register without the field.
    required
        Whether an empty cell refuses the row.
    when
        ``done`` for a day that must lie in the campaign's year and not after the day of the check, ``planned`` for one
        that may lie ahead.
    """

    key: str
    headings: tuple[str, ...]
    read: Callable[[Any], Any] = text
    default: Any = ""
    required: bool = False
    when: When = ""


VILLAGE_CODE: Final = Field("village_code", (*HEADINGS["village_code"], "行政区划代码", "村社区代码"), code)
VILLAGE: Final = Field("village", ("village", "村(社区)", "村社区", "村名", "村", "社区", "村居", "所属村(社区)"))


@dataclass(frozen=True, slots=True)
class RegisterKind(Generic[T]):
    """A kind of register.

    Parameters
    ----------
    name
        Ours.
    stems
        How names of its files begin.
    fields
        Besides village_code and village, which every register has.
    make
        Row's values by key → the row.
    key
        Field that names a row in a refusal.
    street
        Whether a row may belong to the whole street: no village is written.
    """

    name: str
    stems: tuple[str, ...]
    fields: tuple[Field, ...]
    make: Callable[..., T]
    key: str = "village_code"
    street: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong with a row, or worth a look.

    Parameters
    ----------
    register
        Its kind's name.
    refusal
        Code, file, row, value and limit; its words and remedy are the catalogue's.
    severity
        ``error``: the row is refused and counts for nothing; ``warning``: it counts.
    village_code
        Whose row it is; empty where that cannot be told.
    row_id
        What the row calls itself.
    """

    register: str
    refusal: Refusal
    severity: Severity = "error"
    village_code: str = ""
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class Register(Generic[T]):
    """A register as read: rows in = rows + refused rows.

    Parameters
    ----------
    name
        Its kind's.
    rows
        Accepted ones, in the order of their files.
    origins
        Where each of them stands.
    issues
        Refused rows and warnings.
    files
        Refusals of whole files and sheets.
    reported
        Whether anything was handed in.
    """

    name: str
    rows: tuple[T, ...] = ()
    origins: tuple[Origin, ...] = ()
    issues: tuple[RowIssue, ...] = ()
    files: tuple[Refusal, ...] = ()
    reported: bool = field(default=False)

    @property
    def refused(self) -> tuple[RowIssue, ...]:
        """Refused rows, one issue each."""
        return tuple(one for one in self.issues if one.severity == "error")

    def left_out(self) -> tuple[Refusal, ...]:
        """Return every refused file, sheet and row, rows in their order."""
        rows = sorted((one.refusal for one in self.refused), key=lambda one: (one.file, int(one.feature)))
        return (*self.files, *rows)

    def without(self, wrong: Mapping[int, RowIssue]) -> Register[T]:
        """Refuse rows, by their places among the accepted ones."""
        kept = [n for n in range(len(self.rows)) if n not in wrong]
        issues = (*self.issues, *(wrong[n] for n in sorted(wrong)))
        rows, origins = tuple(self.rows[n] for n in kept), tuple(self.origins[n] for n in kept)
        return replace(self, rows=rows, origins=origins, issues=issues)

    def and_also(self, other: Register[T]) -> Register[T]:
        """Return both, one after the other."""
        return Register(
            self.name,
            self.rows + other.rows,
            self.origins + other.origins,
            self.issues + other.issues,
            self.files + other.files,
            reported=self.reported or other.reported,
        )

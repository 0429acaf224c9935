"""One line of the ledger: what it holds, how it is sealed, and how it stands in a table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sql

from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GENESIS",
    "METADATA",
    "RECORDS",
    "SCHEMA",
    "Kind",
    "Record",
    "Recording",
    "body_text",
    "record_of",
    "row_of",
]

Kind = Literal["verdict", "reply", "decision", "ground", "rules"]
GENESIS: Final = "0" * 64

METADATA = sql.MetaData()
RECORDS = sql.Table(
    "records",
    METADATA,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("kind", sql.String(16), nullable=False),
    sql.Column("month", sql.String(7), nullable=False),
    sql.Column("village_code", sql.String(12), nullable=False),
    sql.Column("recorded_on", sql.String(10), nullable=False),
    sql.Column("revision", sql.Integer, nullable=False),
    sql.Column("inputs", sql.String(64), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
    sql.Column("previous", sql.String(64), nullable=False),
    sql.Column("digest", sql.String(64), nullable=False, unique=True),
)

SCHEMA = sql.Table("schema_version", METADATA, sql.Column("version", sql.Integer, primary_key=True))


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger.

    Parameters
    ----------
    number
        From 1, without gaps.
    kind
        ``verdict``, ``reply``, ``decision``; ``ground``, a village's boundary and plots, and ``rules``, the settings
        that later verdicts were judged by: both written when they are not as they were recorded last.
    month, village_code
        What it is about.
    recorded_on
        Day it was written.
    revision
        Of the month, from 1; replies and decisions bear the one they answer.
    inputs
        Hash of the inputs of a verdict, empty otherwise.
    body
        Its content: word, basis and reason; text and files; decision, reviewer, reason and evidence.
    previous, digest
        Chain.
    """

    number: int
    kind: Kind
    month: Month
    village_code: str
    recorded_on: date
    revision: int
    inputs: str
    body: Mapping[str, Any]
    previous: str
    digest: str

    def sealed(self) -> str:
        """Digest that its content and its predecessor's digest give."""
        parts = [
            self.number, self.kind, str(self.month), self.village_code, str(self.recorded_on),
            self.revision, self.inputs, body_text(self.body), self.previous,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of recording a month.

    Parameters
    ----------
    revision
        The month's revision with these inputs.
    recorded_on
        Day that revision was written.
    added
        Records written now; 0 where the same month and inputs stood already.
    """

    revision: int
    recorded_on: date
    added: int


def body_text(body: Mapping[str, Any]) -> str:
    """Write a body the same way each time, so that equal bodies have equal digests."""
    return json.dumps(dict(body), sort_keys=True, ensure_ascii=False)


def row_of(record: Record, digest: str) -> dict[str, object]:
    """Return the columns of a record."""
    return {
        "number": record.number,
        "kind": record.kind,
        "month": str(record.month),
        "village_code": record.village_code,
        "recorded_on": str(record.recorded_on),
        "revision": record.revision,
        "inputs": record.inputs,
        "body": body_text(record.body),
        "previous": record.previous,
        "digest": digest,
    }


def record_of(row: Any) -> Record:
    """Return the record of a row."""
    return Record(
        row.number,
        row.kind,
        Month.parse(row.month),
        row.village_code,
        date.fromisoformat(row.recorded_on),
        row.revision,
        row.inputs,
        json.loads(row.body),
        row.previous,
        row.digest,
    )

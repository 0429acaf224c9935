"""Pages to read and print: constant templates, text escaped, one style, and a policy that lets no script run."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2

from lvgeo.labels import say
from lvgeo.outputs.files import write_text
from lvgeo.outputs.palette import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lvgeo.labels import Language

__all__ = ["write_document"]


def write_document(path: Path, template: str, language: Language, values: Mapping[str, Any]) -> None:
    """Fill a template and write it; the same values give the same bytes.

    Parameters
    ----------
    path
        The file.
    template
        Name in ``outputs/page``, which extends ``document.html``.
    language
        Of `t`, by which a template says words of the catalogue.
    values
        Text stays text: whatever stands in it is escaped.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    style = (files("lvgeo.outputs") / "page" / "document.css").read_text("utf-8") + _states()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (files("lvgeo.outputs") / "page" / name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def told(code: str, **places: object) -> str:
        return say(code, language, **places)

    page = environment.get_template(template)
    write_text(path, page.render(t=told, style=style, policy=policy, language=language, **values))


def _states() -> str:
    """Colours of the states, which are defined once for all outputs."""
    rules = (f".s-{code}{{background:{one.colour};color:{one.ink};font-weight:600}}" for code, one in MARKS.items())
    return "\n".join(rules) + "\n"

"""Write docs/reference/*.md from the code: commands, columns, settings, refusals, reasons; a test fails where stale.

Run: python docs/make_reference.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from typer.main import get_command

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.campaign.toml import settings_toml
from lvgeo.cli import app
from lvgeo.labels import CATALOGUE, LANGUAGES, issues, reasons, refusals, say
from lvgeo.outputs import columns

if TYPE_CHECKING:
    from lvgeo.outputs.columns import Column

FOLDER: Final = Path(__file__).parent / "reference"
NOTE: Final = "<!-- Made by docs/make_reference.py; change the code, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Return every page's text by its name."""
    found = {
        "commands.md": _commands(),
        "columns.md": _columns(),
        "settings.md": _settings(),
        "refusals.md": _refused(),
        "reasons.md": _reasons(),
    }
    return {name: NOTE + text for name, text in found.items()}


def _commands() -> str:
    lines = ["# Commands 命令\n"]
    for words, command in sorted(_leaves(get_command(app), ("lvgeo",)).items()):
        told = " ".join((command.help or "").split())
        lines += [f"\n## `{' '.join(words)}`\n\n{_with_examples(told)}\n\n| argument or option | meaning |",
                  "\n|---|---|\n"]  # fmt: skip
        lines += [f"| `{_name(one)}` | {_cell(getattr(one, 'help', '') or '')} |\n" for one in command.params]
    return "".join(lines)


def _with_examples(told: str) -> str:
    said, *examples = told.split("Example: ")
    return said + ", ".join(f"`{one.strip()}`" for one in examples)


def _leaves(command: Any, words: tuple[str, ...]) -> dict[tuple[str, ...], Any]:
    if not hasattr(command, "commands"):
        return {words: command}
    return {k: v for name, inner in command.commands.items() for k, v in _leaves(inner, (*words, name)).items()}


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    return ", ".join(parameter.opts)


def _columns() -> str:
    lines = ["# Columns 字段\n"]
    for name in sorted(name for name in columns.__all__ if isinstance(getattr(columns, name), tuple)):
        lines.append(f"\n## {name.lower()}\n\n| key | 中文 | English | unit | meaning 含义 |\n|---|---|---|---|---|\n")
        table: tuple[Column, ...] = getattr(columns, name)
        lines += [f"| `{c.key}` | {c.zh} | {c.en} | {c.unit} | {_meaning(c)} |\n" for c in table]
    return "".join(lines)


def _meaning(column: Column) -> str:
    zh, en = CATALOGUE.get(f"meaning_{column.key}", ("", ""))
    return _cell(f"{en} {zh}".strip())


def _settings() -> str:
    head = "# Settings 设置\n\nWhat `lvgeo init` writes, with every default.\n\n"
    return f"{head}```toml\n{settings_toml(CampaignSettings())}```\n"


def _refused() -> str:
    lines = ["# Refusals and issues 拒绝与质检问题\n"]
    for title, table in (("Refusals 拒绝", refusals), ("Issues of plots 地块问题", issues)):
        lines.append(f"\n## {title}\n\n| code | why 原因 | what to do 处理 |\n|---|---|---|\n")
        for code, (zh, en) in sorted(table.WORDS.items()):
            if code in table.REMEDIES:
                zh_remedy, en_remedy = table.REMEDIES[code]
                lines.append(f"| `{code}` | {_cell(en)}<br>{_cell(zh)} | {_cell(en_remedy)}<br>{_cell(zh_remedy)} |\n")
    return "".join(lines)


# A village that fell short of everything: the numbers that the sentences have places for.
EXAMPLE: Final[dict[str, Any]] = {
    "on": "2024-08-31", "deadline": "2024-03-31", "grace_days": 30, "required_mu": 2.0, "area_mu": 1.412,
    "former_m2": 320.0, "short_m2": 392.0, "error_m2": 58.0, "required_trees": 150, "trees": 96, "short": 54,
    "adjusted_pp": 1.2, "low_pp": -2.1, "high_pp": 3.9, "required_pp": 6.3, "provable_pp": 5.1, "down_pp": -0.8,
    "up_pp": 2.6, "second": "2023-11", "second_pp": 6.6, "plants_m": 2.0, "rows_m": 3.0, "score": 2.3,
    "threshold": 2.9, "least": 3.6, "marks": 112, "controls": 7.4, "smallest_m": 0.6, "observed": 0.71, "limit": 0.95,
    "shaded": 0.29, "residual_m": 0.42, "limit_m": 0.2, "streak": 2, "doubt": "doubt_gcj02_suspected",
    "why": "unregistered_flat", "consequence": "—",
}  # fmt: skip
# Where the village did better, or a number is a count: what its sentence would truly say.
OTHERWISE: Final[dict[str, dict[str, Any]]] = {
    "reason_growth_on_track": {"adjusted_pp": 10.4, "low_pp": 7.1, "high_pp": 13.1},
    "reason_growth_inconclusive": {"adjusted_pp": 4.8, "low_pp": 1.5, "high_pp": 7.5},
    "reason_too_early": {"required_pp": 2.4},
    "reason_few_controls": {"limit": 12},
    "reason_register_met": {"trees": 163},
    "reason_area_borderline": {"area_mu": 1.965},
    "reason_work_not_seen": {"controls": 14},
    "reason_work_cannot_tell": {"score": 2.7, "least": 2.5, "required_pp": 2.4},
    **{f"reason_work_seen_{by}": {"score": 4.3, "required_pp": 2.4} for by in ("crowns", "marks", "pits")},
    "reason_work_blind": {"required_pp": 2.4},
}


def _reasons() -> str:
    lines = [
        "# Reasons of verdicts 判定理由\n\nEvery sentence that a verdict may give as its reason; the numbers are "
        "examples. 判定可能给出的每一条理由，数字为举例。\n\n| code | reason 理由 |\n|---|---|\n"
    ]
    for code in sorted(reasons.WORDS):
        if code.startswith("reason_"):
            zh, en = (_reason(code, language) for language in LANGUAGES)
            lines.append(f"| `{code}` | {_cell(zh)}<br>{_cell(en)} |\n")
    return "".join(lines)


def _reason(code: str, language: Any) -> str:
    values = EXAMPLE | OTHERWISE.get(code, {})
    words = {key: say(str(values[key]), language) for key in ("doubt", "why")}
    return say(code, language, **values | words)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for page, content in pages().items():
        (FOLDER / page).write_text(content, "utf-8", newline="\n")

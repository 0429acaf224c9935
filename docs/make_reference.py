"""Write docs/reference/*.md from the code: commands, columns, settings, refusals. A test fails where they are stale.

Run: python docs/make_reference.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from typer.main import get_command

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.campaign.toml import settings_toml
from lvgeo.cli import app
from lvgeo.labels import CATALOGUE, issues, refusals
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


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for page, content in pages().items():
        (FOLDER / page).write_text(content, "utf-8", newline="\n")

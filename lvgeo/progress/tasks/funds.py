"""Money by source: each of the five gives something (三(二))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.progress.tasks.task import Note, Task, unreported

if TYPE_CHECKING:
    from lvgeo.progress.tasks.task import Asked, State

__all__ = ["fund_tasks"]


def fund_tasks(asked: Asked) -> tuple[Task, ...]:
    """Return a row a source, over the whole sub-district, and one of what fits none of the five."""
    table, due = asked.settings.funds, asked.settings.milestones.summary
    clause = table.clause("sources")
    if not asked.registers.funds.reported:
        silent = unreported(due, asked.on)
        return tuple(Task("", "funds", silent, clause, source, due=due, on=asked.on) for source in table.sources)
    raised: dict[str, float] = {}
    for one in asked.registers.funds.rows:
        if asked.past(one.received_on):
            source = table.aliases.get(one.source, one.source)
            raised[source] = raised.get(source, 0.0) + one.amount_yuan
    tasks = []
    for source in table.sources:
        yuan = raised.pop(source, 0.0)
        lacking: State = "ahead" if asked.on <= due else "short"
        state: State = "met" if yuan > 0 else lacking
        tasks.append(Task("", "funds", state, clause, source, yuan, due=due, on=asked.on))
    if raised:
        names = "、".join(f"{source} {yuan:g}" for source, yuan in sorted(raised.items()))
        tasks.append(Task("", "funds_other", "review", clause, value=sum(raised.values()),
                          notes=(Note("funds_other", {"sources": names}),)))  # fmt: skip
    return tuple(tasks)

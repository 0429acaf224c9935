"""What benchmarks promise: a figure out of its bounds is told, and ends the run with exit code 1."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field


@dataclass(slots=True)
class Promises:
    """Figures and the bounds that they are held to."""

    broken: list[str] = field(default_factory=list)

    def hold(self, name: str, found: float, *, least: float = -math.inf, most: float = math.inf) -> None:
        """Hold a figure to its bounds; one that is no number breaks them."""
        if not least <= found <= most:
            bounds = " and ".join(
                [f"at least {least:g}"] * math.isfinite(least) + [f"at most {most:g}"] * math.isfinite(most)
            )
            self.broken.append(f"{name}: {found:g}, promised {bounds}")

    def end(self) -> None:
        """End the program with exit code 1 where a promise was broken, naming each."""
        if self.broken:
            sys.exit("\n".join(["promises broken:", *self.broken]))

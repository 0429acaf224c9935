"""A street with known truth: boundaries, plots, registers and orthophotos that are made, not flown."""

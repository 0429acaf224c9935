"""A street with known truth: boundaries, planting, flights and registers that were never measured, only made."""

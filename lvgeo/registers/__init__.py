"""Rows that offices keep: trees; claims, seedlings and visits come later."""

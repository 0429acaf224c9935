"""Polygons: formats in, datum and reference system, validity, area, compliance."""

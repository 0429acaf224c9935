"""Rasters: scene, grid, registration, radiometry, canopy model, classification, store."""

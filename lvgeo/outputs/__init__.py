"""What people open: tables, layers, the map. Everything here appears whole or not at all."""

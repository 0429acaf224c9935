"""The year: settings, the folder's layout."""

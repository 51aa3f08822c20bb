"""Liangzheng: a read-only portal that verifies electronic licences. README.md shows the straight line of the data."""

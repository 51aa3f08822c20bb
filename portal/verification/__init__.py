"""The core: pure functions and values; no Flask, SQL, files or clock."""

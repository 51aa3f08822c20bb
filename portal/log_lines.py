"""Every line of the log is JSON: what is JSON already as it is, a sentence about the portal with its time and level."""

from __future__ import annotations

import json
import logging

from portal.verification.dates import format_timestamp

ACCESS = "portal.access"


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if record.name == ACCESS:
            return record.getMessage()
        line = {"at": format_timestamp(int(record.created)), "level": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            # By its place, as a bug is logged: the text of an exception may quote what a visitor sent.
            line["message"] += f" ({record.exc_info[0].__qualname__ if record.exc_info[0] else None})"
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])

"""How the log is written: one line for one event, with the request's id and without personal data."""

import logging
import re

from healthstack.lib import context


class RequestIdFilter(logging.Filter):
    """Puts the request's id into every line of the log."""

    def filter(self, record):
        record.request_id = context.current().id
        return True


class LineFormatter(logging.Formatter):
    """One line for one event: control characters are escaped, query strings (they can hold names) are cut."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s")

    def format(self, record):
        text = super().format(record)
        head, _newline, trace = text.partition("\nTraceback")
        head = re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\x{ord(c[0]):02x}", head)
        head = re.sub(r"\?[^\s\"']*", "?…", head)
        return head + (f"\nTraceback{trace}" if trace else "")

"""How the log is written: one line for one event, with the request's id and without personal data."""

import logging
import re
import traceback

from healthstack.lib import context


class RequestIdFilter(logging.Filter):
    """Puts the request's id into every line of the log, also into those that are written when it has been answered."""

    def filter(self, record):
        record.request_id = getattr(getattr(record, "request", None), "id", context.current().id)
        return True


class LineFormatter(logging.Formatter):
    """One line for one event: control characters are escaped; query strings (they can hold names) and the keys of
    links in letters are cut. Of an error each further line carries the id as well.
    """

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s")

    def format(self, record):
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = re.sub(r"\?[^\s\"']*", "?…", _plain(self.formatMessage(record)))
        lines = [re.sub(r"(/reset/key/)[^\s/]+", r"\1…", line)]
        if record.exc_info:
            lines += [f"{record.request_id} | {_plain(line)}" for line in _story(record.exc_info)]
        return "\n".join(lines)


def _story(exc_info):
    """The lines of an error. What it says in quotation marks is left out: that is what somebody typed or what is stored."""
    for part in traceback.format_exception(*exc_info):
        if part.startswith(("  File ", "Traceback (", "\n")):
            yield from part.strip("\n").splitlines()
        else:
            yield re.sub(r"'[^']*'|\"[^\"]*\"|\S+@\S+", "…", part.strip())


def _plain(text):
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", lambda c: f"\\x{ord(c[0]):02x}", text)

"""The catalogue of diagnoses, the pure parts: reading its file, and the words by which a code is found."""

import csv
import gzip
import re
from typing import NamedTuple

from healthstack.lib.rules import RuleBroken

CODE = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
TYPED_CODE = re.compile(r"\s*([A-Za-z][0-9]{1,2})\.?([0-9]{0,2})\s*")
WORD = re.compile(r"[^\W_]{1,40}")
SMALL = {"and", "of", "the", "in", "with", "to", "by", "or", "as", "for", "on", "due", "other", "not"}
MOST_WORDS = 6
COLUMNS = {"code", "description", "is_category"}


class Row(NamedTuple):
    code: str
    title: str
    is_category: bool


def words(text):
    """The words of a title, or of what somebody types, each once and in small letters, without those that say nothing."""
    found = dict.fromkeys(word for word in WORD.findall(text.casefold()) if word not in SMALL)
    return list(found)


def typed_code(text):
    """'e119' -> 'E11.9', 'E1' -> 'E1': the beginning of a code, if the text is one, else ''."""
    match = TYPED_CODE.fullmatch(text)
    if not match:
        return ""
    category, part = match[1].upper(), match[2]
    return f"{category}.{part}" if part else category


def read(path):
    """[Row] of the file, CSV or packed by gzip. Chapters and blocks are left out: nobody has one."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if not COLUMNS <= set(lines.fieldnames or ()):
            raise RuleBroken("The file is no list of diagnoses: it needs the columns code, description, is_category.")
        return [
            Row(line["code"], " ".join(line["description"].split()), line["is_category"] == "True")
            for line in lines
            if CODE.fullmatch(line["code"])
        ]

"""Reading a directory of hospitals: a CSV file becomes rows and notices, line by line, in little memory. Pure: no tables.

    reading = Reading(file)                 a binary file
    for row in reading: …                   Row, as it will be stored
    reading.faults, reading.warnings        the first few hundred Notices of each, in the order of the lines

A fault refuses the whole file: a column, a name or a number that is missing, a number that is there twice, or something
that is no CSV in UTF-8. A warning does not: what makes no sense (a PIN code, a phone) is left out of the row.
"""

import csv
import re
from decimal import Decimal
from typing import NamedTuple

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _

# What a column may be called, without case and signs; the first that is there counts.
COLUMNS = {
    "number": ("srno", "serialnumber", "number", "id"),
    "name": ("hospitalname", "name", "hospital"),
    "city": ("city", "town", "district"),
    "region": ("state", "region"),
    "street": ("addressfirstline", "address", "street"),
    "postcode": ("pincode", "pin", "postcode", "postalcode"),
    "phone": ("telephone", "phone"),
    "place": ("locationcoordinates", "coordinates"),
}
NEEDED = ("number", "name", "city")
LENGTHS = {"name": 160, "city": 80, "region": 80, "street": 200}
KEPT = 300  # notices of each kind
LONGEST_LINE = 64 * 1024
HIGHEST = 2**31 - 1
UNKNOWN = {"", "0", "-", "na", "n/a", "nil", "none"}
CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")


class Row(NamedTuple):
    """A hospital, as it will be. Texts are empty, and the place is None, where nothing is known."""

    number: int
    name: str
    city: str
    region: str
    street: str
    postcode: str
    phone: str  # E.164
    latitude: Decimal | None
    longitude: Decimal | None
    line: int  # where it stands in the file


class Notice(NamedTuple):
    line: int
    column: str  # as the file calls it, or empty
    sentence: str


class Reading:
    """One walk through a file. rows: how many rows of data there were."""

    def __init__(self, file):
        self.faults, self.warnings = [], []
        self.fault_count = self.warning_count = self.rows = 0
        self._file, self._line = file, 0
        self._numbers, self._twins = {}, {}

    def __iter__(self):
        reader = csv.reader(self._lines(), strict=True)
        try:
            columns = self._columns(next(reader, None))
            while columns:
                self._begin = reader.line_num + 1
                try:
                    fields = next(reader)
                except csv.Error:
                    self._fault("", _("This line is not CSV: a quotation mark opens or closes in the wrong place."))
                    continue
                if any(field.strip() for field in fields):
                    self.rows += 1
                    row = self._row(fields, columns)
                    if row:
                        yield row
        except StopIteration:
            pass
        except UnicodeDecodeError as error:
            self._begin = self._line
            byte = error.object[error.start]
            self._fault(
                "", _("This line is not UTF-8 (byte %(byte)s). Save the file as CSV UTF-8.") % {"byte": f"{byte:#04x}"}
            )
        except _TooLong:
            self._begin = self._line
            self._fault("", _("This line is longer than a line of a directory can be."))
        if not self.rows and not self.fault_count:
            self._begin = 2
            self._fault("", _("There is no hospital in this file."))

    def _lines(self):
        """The file's lines as text. A line is cut where it cannot be one, so that no file fills the memory."""
        while raw := self._file.readline(LONGEST_LINE + 1):
            self._line += 1
            if len(raw) > LONGEST_LINE:
                raise _TooLong
            if b"\x00" in raw:  # UTF-16 without its mark reads as UTF-8 with zeros in it
                raise UnicodeDecodeError("utf-8", raw, raw.index(b"\x00"), raw.index(b"\x00") + 1, "no text")
            text = raw.decode("utf-8-sig" if self._line == 1 else "utf-8")
            yield text

    def _columns(self, header):
        """{field: (index, its name in the file)}, or None when one that is needed is missing."""
        self._begin = 1
        names = {}
        for index, name in enumerate(header or []):
            names.setdefault(re.sub(r"[\W_]+", "", name.casefold()), (index, name.strip()))
        found = {
            field: next((names[known] for known in called if known in names), None) for field, called in COLUMNS.items()
        }
        for field in NEEDED:
            if found[field] is None:
                wanted = _(" or ").join(WRITTEN[field])
                self._fault(
                    WRITTEN[field][0], _("This column is missing. It may be called %(names)s.") % {"names": wanted}
                )
        self._width = max((index for index, name in names.values() if name), default=0) + 1
        return None if self.fault_count else {field: column for field, column in found.items() if column}

    def _row(self, fields, columns):
        had = self.fault_count
        values = {}
        for field, (index, column) in columns.items():
            values[field] = self._text(field, column, fields[index] if index < len(fields) else "")
        if any(field.strip() not in UNKNOWN for field in fields[self._width :]):
            self._warn(
                "", _("There is something behind the last column: a comma may have moved the rest of this line.")
            )
        number = self._number(values.pop("number"), columns["number"][1])
        if not any(c.isalpha() for c in values["name"]):
            self._fault(columns["name"][1], _("The name is missing."))
        if self.fault_count > had:
            return None
        return self._made(number, values, columns)

    def _made(self, number, values, columns):
        named = {field: column for field, (_index, column) in columns.items()}
        latitude, longitude = self._place(values.pop("place", ""), named.get("place"))
        postcode = self._postcode(values.pop("postcode", ""), named.get("postcode"))
        phone = self._phone(values.pop("phone", ""), named.get("phone"))
        row = Row(
            number,
            values["name"],
            values["city"],
            values.get("region", ""),
            values.get("street", ""),
            postcode,
            phone,
            latitude,
            longitude,
            self._begin,
        )
        if not row.city:
            self._warn(named["city"], _("There is no city; the state stands in for it."))
            row = row._replace(city=row.region[:80] or _("Unknown"))
        if row.postcode:
            twin = hash((row.name.casefold(), row.postcode))
            if first := self._twins.get(twin):
                self._warn(named["name"], _("Line %(line)d has the same name and PIN code.") % {"line": first})
            self._twins.setdefault(twin, self._begin)
        return row

    def _text(self, field, column, value):
        value = " ".join(CONTROL.sub(" ", value).split())
        most = LENGTHS.get(field)
        if most and len(value) > most:
            if field == "name":
                self._fault(column, _("The name is longer than %(n)d characters.") % {"n": most})
            else:
                self._warn(column, _("This is longer than %(n)d characters and is cut.") % {"n": most})
            value = value[:most].rstrip()
        return "" if value.casefold() in UNKNOWN and field != "number" else value

    def _number(self, text, column):
        if not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) <= HIGHEST:
            self._fault(column, _("The row has no number of its own, such as 17."))
            return None
        number = int(text)
        if first := self._numbers.get(number):
            facts = {"line": first, "number": number}
            self._fault(column, _("Line %(line)d has the number %(number)d already.") % facts)
        self._numbers.setdefault(number, self._begin)
        return number

    def _postcode(self, text, column):
        if not text or re.fullmatch(r"[1-9][0-9]{5}", text):
            return text
        self._warn(column, _("“%(text)s” is no PIN code and is left out.") % {"text": text[:20]})
        return ""

    def _phone(self, text, column):
        """The first number of those that are given."""
        if not text:
            return ""
        first = re.split(r"[,/;]", text)[0]
        try:
            number = phonenumbers.parse(first, settings.PHONENUMBER_DEFAULT_REGION)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            self._warn(column, _("“%(text)s” is no phone number and is left out.") % {"text": text[:30]})
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _place(self, text, column):
        if not text:
            return None, None
        found = re.fullmatch(r"(-?[0-9]{1,3}(?:\.[0-9]+)?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)", text)
        if found:
            latitude, longitude = (round(Decimal(part), 6) for part in found.groups())
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                return latitude, longitude
        self._warn(column, _("“%(text)s” is no place such as 26.85, 80.95 and is left out.") % {"text": text[:40]})
        return None, None

    def warn(self, line, column, sentence):
        """A warning that the reader found by looking elsewhere."""
        self._begin = line
        self._warn(column, sentence)

    def _fault(self, column, sentence):
        self.fault_count += 1
        if len(self.faults) < KEPT:
            self.faults.append(Notice(self._begin, column, sentence))

    def _warn(self, column, sentence):
        self.warning_count += 1
        if len(self.warnings) < KEPT:
            self.warnings.append(Notice(self._begin, column, sentence))


# How a column that is missing is asked for.
WRITTEN = {"number": ("Sr_No", "Number"), "name": ("Hospital_Name", "Name"), "city": ("City", "District")}


class _TooLong(Exception):
    """A line has no end."""

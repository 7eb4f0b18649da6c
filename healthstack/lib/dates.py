"""Days as people type and count them."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def age_on(born_on, day):
    """Whole years lived on that day; a child born on 29 February has its birthday on 1 March in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def birthday(born_on, age):
    """The day on which somebody born that day becomes so old; 1 March where there is no 29 February."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def read_date(text):
    """The date that a person typed, day before month: '27 3 2004', '27/03/2004', '27 March 2004', '2004-03-27'.

    Raises ValueError when there is no such day.
    """
    text = text.strip().lower()
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return date(*(int(part) for part in iso.groups()))
    parts = re.findall(r"\d+|[a-z]+", text)
    if len(parts) != 3 or not parts[0].isdecimal() or len(parts[2]) != 4 or not parts[2].isdecimal():
        raise ValueError(text)
    day, month, year = parts
    if month.isdecimal():
        month = int(month[:3])
    else:
        names = [n for n, name in enumerate(MONTHS, 1) if len(month) >= 3 and month.startswith(name)]
        month = names[0] if names else 0
    return date(int(year), month, int(day[:3]))

"""Small things about names."""

import zlib

TITLES = ("dr.", "dr", "doctor", "prof.", "prof")


def initials(name):
    """The first letters of the first and the last word: 'Priyanka Maurya' is PM. Empty names give '?'."""
    words = [w for w in name.split() if w.casefold() not in TITLES] or name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [w[0] for w in words]
    return "".join(letters).upper() or "?"


def tint(key):
    """One of the six tints of an avatar, always the same for the same key."""
    return zlib.crc32(str(key).encode()) % 6 + 1


def without_title(name):
    """'Dr. Dr Asha Rao' is 'Asha Rao': the page adds the title, once."""
    words = name.split()
    while len(words) > 1 and words[0].casefold() in TITLES:
        words.pop(0)
    return " ".join(words)

"""Doctor search, the pure parts: how text becomes words."""

import re
import unicodedata

# \w alone loses the vowel signs of Indic scripts.
LETTERS = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])+")
MOST_WORDS = 6
LONGEST = 40


def normal(text):
    """Lower case, Latin accents and joiners gone, words only; Devanagari keeps its signs."""
    text = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in text if not "\u0300" <= c <= "\u036f" and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


def words(text, *, most=MOST_WORDS):
    """The words of a text in normal form, each once, in their order."""
    found = (word[:LONGEST] for word in LETTERS.findall(normal(text)))
    return list(dict.fromkeys(found))[:most]

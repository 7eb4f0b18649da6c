"""Search, the pure parts: how text becomes words, and which words are one slip of the pen apart."""

import re
import unicodedata

# \w alone loses the vowel signs of Indic scripts.
LETTERS = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])+")
MOST_WORDS = 6
LONGEST = 40
SHORTEST_SLIP = 4  # of a shorter word, too many others are one letter away


def normal(text):
    """Lower case, Latin accents and joiners gone, words only; Devanagari keeps its signs."""
    text = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in text if not "\u0300" <= c <= "\u036f" and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


def words(text, *, most=MOST_WORDS):
    """The words of a text in normal form, each once, in their order."""
    found = (word[:LONGEST] for word in LETTERS.findall(normal(text)))
    return list(dict.fromkeys(found))[:most]


def slips(word):
    """The word, and the word with each one letter left out: what `Near` keeps of it, and what is looked up in it."""
    return {word} | {word[:n] + word[n + 1 :] for n in range(len(word))} if len(word) >= SHORTEST_SLIP - 1 else set()


def one_slip(typed, meant):
    """One letter too many, too few, another one, or two neighbours the wrong way round."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    n = next((n for n, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    left, right = typed[n:], meant[n:]
    swapped = len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def closest(typed, known):
    """Those of the known texts that are meant: equal, else beginning with it, else one slip away.

    known: {normal form: whatever}. -> [whatever]. For lists of a few hundred, such as the cities; `Word` is the same
    for many.
    """
    if typed in known:
        return [known[typed]]
    if len(typed) > 1 and (begin := [known[text] for text in known if text.startswith(typed)]):
        return begin
    return [known[text] for text in known if one_slip(typed, text)] if len(typed) >= SHORTEST_SLIP else []

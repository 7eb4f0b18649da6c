"""How a lower floor lets higher floors react without knowing them.

A verb calls `announce("doctors.changed", doctor=doctor)` inside its transaction; the roof's table (healthstack/wiring.py)
says which verbs answer. A word without a row is an error.
"""

_answers = {}


def wire(table):
    """Take the roof's table: {word: [verb, ...]}."""
    _answers.clear()
    _answers.update(table)


def announce(word, **facts):
    """Call the verbs that answer this word, in their order, in the caller's transaction."""
    for verb in _answers[word]:
        verb(**facts)

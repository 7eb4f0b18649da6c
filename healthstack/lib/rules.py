"""How a workflow says no."""


class RuleBroken(Exception):
    """A rule of the house forbids the act. The text is a sentence for the person.

    offers: what the person may choose instead, for example free times. field: the form field it belongs to, or None.
    """

    def __init__(self, sentence, *, offers=(), field=None):
        super().__init__(sentence)
        self.sentence = sentence
        self.offers = list(offers)
        self.field = field

    def __str__(self):
        return str(self.sentence)

"""One transaction per verb, tried again when the database asks for it, and only from outside."""

import pytest
from django.db import OperationalError, transaction

from doctors.models import Specialty
from healthstack.lib import transactions
from healthstack.lib.transactions import one_transaction

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(transactions.time, "sleep", lambda seconds: None)


class Verb:
    """Writes a row, then fails as often as it is told to."""

    def __init__(self, failures, error=DEADLOCK):
        self.failures, self.error, self.tries = failures, error, 0

    def __call__(self):
        self.tries += 1
        Specialty.objects.create(name=f"Try {self.tries}", title="x", slug=f"try-{self.tries}")
        if self.tries <= self.failures:
            raise self.error
        return "done"


def run(verb):
    return one_transaction(lambda: verb())()


def test_a_deadlock_is_tried_again_and_the_person_sees_nothing():
    verb = Verb(failures=2)
    assert run(verb) == "done"
    assert list(Specialty.objects.values_list("name", flat=True)) == ["Try 3"]


@pytest.mark.parametrize("code", [1205, 1020, 1047, "database is locked"])
def test_the_other_lost_races_are_tried_again(code):
    assert run(Verb(failures=1, error=OperationalError(code, "…"))) == "done"


def test_it_gives_up_after_eight_tries():
    verb = Verb(failures=99)
    with pytest.raises(OperationalError):
        run(verb)
    assert verb.tries == 8
    assert not Specialty.objects.exists()


def test_another_error_is_not_tried_again():
    verb = Verb(failures=1, error=OperationalError(2006, "Server has gone away"))
    with pytest.raises(OperationalError):
        run(verb)
    assert verb.tries == 1


def test_an_error_without_a_number_is_not_tried_again():
    verb = Verb(failures=1, error=OperationalError())
    with pytest.raises(OperationalError):
        run(verb)
    assert verb.tries == 1


def test_inside_a_transaction_a_deadlock_goes_through_to_the_outside():
    verb = Verb(failures=1)
    with pytest.raises(OperationalError), transaction.atomic():
        run(verb)
    assert verb.tries == 1


def test_a_verb_within_a_verb_is_tried_again_from_the_outside():
    outer_tries, inner = [], Verb(failures=2)

    def outer():
        outer_tries.append(1)
        Specialty.objects.create(name="Outer", title="x", slug="outer")
        return run(inner)

    assert one_transaction(outer)() == "done"
    assert (len(outer_tries), inner.tries) == (3, 3)
    assert sorted(Specialty.objects.values_list("name", flat=True)) == ["Outer", "Try 3"]


def test_what_is_told_after_the_commit_is_told_once():
    told = []
    verb = Verb(failures=2)

    def telling():
        transaction.on_commit(lambda: told.append(verb.tries))
        return verb()

    one_transaction(telling)()
    assert told == [3]

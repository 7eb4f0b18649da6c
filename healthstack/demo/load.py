"""Loading the demo: all of it in one transaction, or nothing."""

from accounts.models import User
from accounts.notify import without_letters
from appointments import workflow as appointments
from healthstack.demo.passwords import hashed_once
from healthstack.demo.story import Story
from healthstack.demo.town import Calendar, address, build
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction


def is_loaded():
    """The last thing that a whole demo leaves behind is its first patient: all of it was committed at once."""
    return User.objects.filter(email=address("patient")).exists()


@one_transaction
def load(*, now, say):
    """Live through the demo's six weeks around `now`. -> False when it was there already

    say: is told what is under way.
    """
    if is_loaded():
        return False
    calendar = Calendar(now)
    with without_letters(), hashed_once():
        town = build(calendar, say)
        say("six weeks of visits")
        story = Story(town, calendar)
        story.plan()
        story.tell()
        with clock.at(now):
            appointments.roll_listings()
    return True

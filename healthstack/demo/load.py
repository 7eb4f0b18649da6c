"""Loading the demo: all of it in one transaction, or nothing."""

from contextlib import ExitStack

from accounts.audit import written_together
from accounts.models import User
from accounts.notify import without_letters
from healthstack.demo.chats import talk
from healthstack.demo.desk import open_desk
from healthstack.demo.haste import (
    all_or_nothing,
    hashed_once,
    listed_at_the_end,
    without_query_log,
)
from healthstack.demo.joining import let_join
from healthstack.demo.laboratory import open_laboratory
from healthstack.demo.plot import Plot
from healthstack.demo.records import keep_records
from healthstack.demo.story import Story
from healthstack.demo.town import FOUNDED, Calendar, address, build
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction
from prescriptions import formulary
from prescriptions.workflow import import_formulary


def is_loaded():
    """The whole demo is committed at once, so that one of its people stands for all."""
    return User.objects.filter(email=address("patient")).exists()


@one_transaction
def load(*, now, say):
    """Live through the demo's six weeks around `now`. -> False when it was there already

    say: is told what is under way.
    """
    if is_loaded():
        return False
    calendar = Calendar(now)
    short_cuts = (
        without_letters(),
        without_query_log(),
        hashed_once(),
        all_or_nothing(),
        listed_at_the_end(calendar.now),
        written_together(),
    )
    with ExitStack() as stack:
        for short_cut in short_cuts:
            stack.enter_context(short_cut)
        town = build(calendar, say)
        say("the list of medicines")
        with formulary.FILE.open(encoding="utf-8", newline="") as lines, clock.at(calendar.at(-FOUNDED, 9)):
            import_formulary(items=formulary.read(lines), source=formulary.SOURCE, by=town.administrator)
        say("six weeks of visits")
        story = Story(town, calendar)
        Plot(story).plan()
        story.tell()
        say("what people write to each other")
        talk(town, calendar)
        say("who is about to join")
        let_join(town, calendar)
        say("a day at the reception")
        open_desk(town, calendar)
        say("a laboratory")
        open_laboratory(town, calendar)
        say("what stands in the records")
        keep_records(town, calendar)
    return True

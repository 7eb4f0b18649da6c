"""Load the demo data, once; where it is there already, only the logins are printed."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError

from healthstack.demo.load import is_loaded, load
from healthstack.demo.town import PASSWORD, address
from healthstack.lib import clock
from healthstack.lib.transactions import RETRY

LOGINS = (
    ("patient", f"{address('patient')}, {address('patient', 2)} … {address('patient', 60)}"),
    ("doctor", f"{address('doctor')}, {address('doctor', 2)} … {address('doctor', 40)}"),
    ("doctor on the way in", f"{address('newdoctor')} … {address('newdoctor', 4)}"),
    ("hospital administrator", address("hospital")),
    ("receptionist", address("reception")),
    ("technician", f"{address('lab')}, {address('lab', 2)}"),
    ("administrator", address("admin")),
)


class Command(BaseCommand):
    help = "Load the demo data: hospitals, doctors, patients and six weeks of visits. Only where DEBUG is on."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("The demo is not loaded where DEBUG is off: its password is known to everybody.")
        self.quiet = options["verbosity"] < 1
        if not self.load():
            self.say("The demo data is there already.")
        width = max(len(role) for role, _emails in LOGINS)
        for role, emails in LOGINS:
            self.stdout.write(f"{role:{width}}  {emails}")
        self.stdout.write(f"{'password':{width}}  {PASSWORD}")

    def load(self):
        """-> False when it was there already, be it because somebody else loaded it in the meantime."""
        try:
            return load(now=clock.now(), say=self.say)
        except (IntegrityError, OperationalError) as error:
            if is_loaded():
                return False
            if error.args and error.args[0] in RETRY:
                raise CommandError(
                    "The demo is being loaded by somebody else at this moment, or the database is very busy. Nothing was"
                    " written; wait a minute and try again."
                ) from error
            raise

    def say(self, text):
        """Progress goes beside the output, which is the logins alone."""
        if not self.quiet:
            self.stderr.write(text, style_func=str)

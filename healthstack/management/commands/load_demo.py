"""Load the demo data, once; where it is there already, only the logins are printed."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from healthstack.demo.load import load
from healthstack.demo.town import PASSWORD, address
from healthstack.lib import clock

LOGINS = (
    ("patient", f"{address('patient')}, {address('patient', 2)} … {address('patient', 60)}"),
    ("doctor", f"{address('doctor')}, {address('doctor', 2)} … {address('doctor', 40)}"),
    ("hospital administrator", address("hospital")),
    ("administrator", address("admin")),
)


class Command(BaseCommand):
    help = "Load the demo data: hospitals, doctors, patients and six weeks of visits. Only where DEBUG is on."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("The demo is not loaded where DEBUG is off: its password is known to everybody.")
        self.quiet = options["verbosity"] < 1
        if not load(now=clock.now(), say=self.say):
            self.say("The demo data is there already.")
        width = max(len(role) for role, _emails in LOGINS)
        for role, emails in LOGINS:
            self.stdout.write(f"{role:{width}}  {emails}")
        self.stdout.write(f"{'password':{width}}  {PASSWORD}")

    def say(self, text):
        """Progress goes beside the output, which is the logins alone."""
        if not self.quiet:
            self.stderr.write(text, style_func=str)

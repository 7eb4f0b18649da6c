"""Bulk data to measure on, on top of the demo."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from healthstack.demo.load import load
from healthstack.demo.scale import Scale
from healthstack.lib import clock


class Command(BaseCommand):
    help = "Load the demo and, past the workflows, many more doctors and visits. Only where DEBUG is on."

    def add_arguments(self, parser):
        parser.add_argument("--doctors", type=int, default=10_000)
        parser.add_argument("--appointments", type=int, default=100_000)

    def handle(self, *, doctors, appointments, **options):
        if not settings.DEBUG:
            raise CommandError("Bulk data is not loaded where DEBUG is off: it belongs to nobody.")
        if doctors < 1 or appointments < 1:
            raise CommandError("Say at least one doctor and one appointment.")
        load(now=clock.now(), say=self.say)
        Scale(doctors=doctors, appointments=appointments, say=self.say).load()

    def say(self, text):
        self.stderr.write(text, style_func=str)

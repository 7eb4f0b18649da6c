"""Put into the queue what is due, once: run every minute, by the worker or by cron."""

from datetime import timedelta

from django.core.cache import cache
from django.core.management.base import BaseCommand
from django_tasks import default_task_backend

from accounts import tasks as accounts
from appointments import tasks as appointments
from billing import tasks as billing
from healthstack import tasks as roof
from hospitals import tasks as hospitals

# Task, and how often at most.
DUE = (
    (accounts.deliver_mails, timedelta(minutes=1)),
    (appointments.expire_requests, timedelta(minutes=1)),
    (appointments.remind, timedelta(minutes=1)),
    (appointments.roll_listings, timedelta(minutes=1)),
    (hospitals.resume_imports, timedelta(minutes=1)),
    (billing.send_refunds, timedelta(minutes=5)),
    (appointments.purge_claims, timedelta(hours=24)),
    (accounts.sweep_files, timedelta(hours=24)),
    (roof.count_choices, timedelta(minutes=10)),
)


class Command(BaseCommand):
    help = "Enqueue the background work that is due."

    def handle(self, **options):
        for task, every in DUE:
            # The key is gone a little before the time, so that a tick each minute is not one too early.
            if cache.add(f"tick:{task.module_path}", True, every.total_seconds() - 5):
                task.enqueue()
        if options["verbosity"] > 1:
            self.stdout.write(f"looked at {len(DUE)} tasks on {default_task_backend.alias}")

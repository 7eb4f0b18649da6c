"""Questions about people, letters and the trail."""

from django.contrib.auth.models import BaseUserManager, Group
from django.db import models
from django.db.models import Exists, OuterRef, Q

from healthstack.lib.fields import OnlyAdded


class UserQuerySet(models.QuerySet):
    def in_group(self, name):
        return self.filter(groups__name=name)

    def active(self):
        return self.filter(is_active=True)

    def with_standing(self):
        """What every request asks of its person: works_here, a group other than Patients; owes_second_step, a group
        that requires one while the person has none.
        """
        groups = Group.objects.filter(user=OuterRef("pk"))
        return self.select_related("photo").annotate(
            works_here=Exists(groups.exclude(name="Patients")),
            owes_second_step=Exists(groups.filter(policy__requires_two_step=True)) & ~self._second_step(),
        )

    def with_second_step(self):
        """has_second_step: an app or a passkey is asked for after the password."""
        return self.annotate(has_second_step=self._second_step())

    def _second_step(self):
        return Exists(self.model._base_manager.filter(pk=OuterRef("pk"), authenticator__type__in=("totp", "webauthn")))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Django's manager, with e-mail addresses in lower case: MariaDB compares them so, SQLite does not."""

    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """The first administrator of a site, by `manage.py createsuperuser`: a person in the group Administrators."""
        user = self.create_user(email, password, **fields)
        user.groups.add(Group.objects.get(name="Administrators"))
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    @classmethod
    def normalize_email(cls, email):
        return (email or "").strip().lower()

    def get_by_natural_key(self, email):
        return self.get(email=self.normalize_email(email))


class StoredFileQuerySet(models.QuerySet):
    def of(self, user):
        """The files that this person brought in: what their quota counts."""
        return self.filter(owner=user)


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at=None)


class MailQuerySet(models.QuerySet):
    def due(self, moment):
        """Not sent yet, and its time for a (further) try has come."""
        return self.filter(sent_at=None, next_try_at__lte=moment).order_by("next_try_at", "id")

    def failed(self):
        """Given up, or at least one try behind it."""
        return self.filter(Q(next_try_at=None) | Q(attempts__gt=0), sent_at=None)


class AuditQuerySet(OnlyAdded):
    def about(self, row):
        return self.filter(about_type=row._meta.label, about_key=str(row.pk))

    def with_people(self):
        return self.select_related("by")

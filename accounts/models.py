"""People, their inbox, the letters that leave the house, and the audit trail."""

from django.contrib.auth.models import AbstractBaseUser, Group, PermissionsMixin
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import querysets
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField, Kept
from healthstack.lib.keys import uuid7
from healthstack.lib.people import initials, tint
from healthstack.lib.zones import check_zone


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in, by e-mail. What they may do comes from their groups and nothing else."""

    # No flag opens what a group does not (house.md): the columns of Django's mixin are left out.
    is_superuser = False
    user_permissions = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("Someone already has this e-mail address.")}
    )
    name = models.CharField(_("name"), max_length=120)
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)  # IETF tag; empty: the site's
    zone = models.CharField(_("time zone"), max_length=60, blank=True, validators=[check_zone])  # empty: the site's
    photo = models.ForeignKey(
        "accounts.StoredFile", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    is_active = models.BooleanField(_("may log in"), default=True)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    objects = querysets.UserManager()

    class Meta:
        ordering = ("email",)
        permissions = (
            ("open_panel", "Can open the admin panel"),
            ("disable_user", "Can close a person's account"),
        )

    def __str__(self):
        return self.name or self.email

    @property
    def is_staff(self):
        """What Django's admin asks: may this person open the panel?"""
        return self.is_active and self.has_perm("accounts.open_panel")

    @property
    def initials(self):
        return initials(self.name)

    @property
    def tint(self):
        return tint(self.pk)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0]


class StoredFile(models.Model):
    """A file that came through the gate (`accounts.files`): its content was looked at, its name is our own.

    `key` names it in the private storage; a picture has a second, small size beside it. Whoever keeps a file holds a
    key to this row, and its own view says who may read it: a file has no address of its own.
    """

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", _("Picture (JPEG)")
        PNG = "image/png", _("Picture (PNG)")
        WEBP = "image/webp", _("Picture (WebP)")
        PDF = "application/pdf", _("PDF")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)  # as the person called it, for people only
    kind = models.CharField(max_length=40, choices=Kind.choices)
    key = ExactCharField(max_length=60, unique=True)
    size = models.PositiveIntegerField()  # bytes, both sizes of a picture together
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = querysets.StoredFileQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("owner", "uploaded_at"), name="files_of_owner"),)

    def __str__(self):
        return self.name

    @property
    def is_picture(self):
        return self.kind != self.Kind.PDF


class GroupPolicy(models.Model):
    """What a group asks of its people beyond its permissions. A group without a row asks nothing."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="policy")
    requires_two_step = models.BooleanField(_("two-step login is required"), default=False)

    class Meta:
        verbose_name_plural = _("group policies")

    def __str__(self):
        return self.group.name


class Leaflet(models.Model):
    """A page of text that the owner of the site keeps: privacy, terms, help. Markdown without HTML."""

    slug = models.SlugField(_("address on the site"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=40000)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
        ordering = ("slug",)

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("leaflet", args=[self.slug])


class Notification(models.Model):
    """One line in a person's inbox: what happened, and where it can be acted on. Never a medical word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=240)
    path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.NotificationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("recipient", "created_at", "id"), name="inbox_in_order"),
            models.Index(fields=("recipient", "read_at"), name="inbox_unread"),
        )

    def __str__(self):
        return self.text


class MailChoice(models.Model):
    """Whether a person wants letters of a kind (accounts.kinds). Without a row the table's own word counts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    wanted = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="one_choice_per_kind"),)

    def __str__(self):
        return f"{self.kind} {self.wanted}"


class Mail(models.Model):
    """A letter in the outbox. Its text is wiped once it has left: codes and links are secrets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)  # goes along as a file
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now, null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    objects = querysets.MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = (models.Index(fields=("next_try_at", "id"), name="mail_due"),)

    def __str__(self):
        return self.subject


class AuditEntry(models.Model):
    """One act of consequence, or one opening of a medical record: who, when, what, why. Only ever added."""

    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    about_type = models.CharField(max_length=60, blank=True)
    about_key = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    objects = querysets.AuditQuerySet.as_manager()
    kept = Kept()

    class Meta:
        base_manager_name = "objects"  # save() of a row that is there goes through it, and is refused
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = (
            models.Index(fields=("about_type", "about_key", "at", "id"), name="audit_about"),
            models.Index(fields=("at", "id"), name="audit_in_order"),
        )

    def __str__(self):
        return f"{self.code} {self.about_type} {self.about_key}"

"""System checks of our own."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.caches, deploy=True)
def shared_cache(app_configs, **kwargs):
    """Rate limits live in the cache: with one per process, every process would grant the tries anew."""
    if "locmem" in settings.CACHES["default"]["BACKEND"] and not settings.DEBUG:
        return [Error("CACHE_URL must name a cache that all processes share.", id="healthstack.E001")]
    return []

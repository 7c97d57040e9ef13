"""The app's declaration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class StoreConfig(AppConfig):
    """One app for all tables of our own."""

    name = "upheld.store"
    label = "store"
    verbose_name = "Upheld's own records"

    def ready(self) -> None:
        """Triggers that a migration would lose are put down before it and taken up after it."""
        from upheld.store import guard  # lazy: app ready

        pre_migrate.connect(guard.put_down, sender=self, dispatch_uid="upheld.store.guard")
        post_migrate.connect(guard.take_up, sender=self, dispatch_uid="upheld.store.guard")

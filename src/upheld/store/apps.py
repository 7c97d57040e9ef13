"""The app's declaration."""

import gc

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class StoreConfig(AppConfig):
    """One app for all tables of our own."""

    name = "upheld.store"
    label = "store"
    verbose_name = "Upheld's own records"

    def ready(self) -> None:
        """Triggers that a migration would lose are put down before it and taken up after it."""
        from upheld.store import among, guard  # lazy: app ready

        among.register()

        pre_migrate.connect(guard.put_down, sender=self, dispatch_uid="upheld.store.guard")
        post_migrate.connect(guard.take_up, sender=self, dispatch_uid="upheld.store.guard")
        _collect_seldom()


_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20


def _collect_seldom() -> None:
    """What a program loads as it starts stays until it ends: to look through it for circles again and again
    took a sixth of a list's time. Nor is each seven hundredth object a reason to look."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)

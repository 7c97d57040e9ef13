"""The app's declaration."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """One app for all tables of our own."""

    name = "upheld.store"
    label = "store"
    verbose_name = "Upheld's own records"

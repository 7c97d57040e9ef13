"""The shop's application. Import it before anything of Oscar."""

import clock

# isort: split
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
clock.settle()
django.setup()

"""Wiring: the settings, the only place that reads the environment."""

"""Calls to programs of others: only where that is allowed; what somebody's sign-in there proves."""

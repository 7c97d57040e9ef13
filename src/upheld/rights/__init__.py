"""One person's rights: identities, the plan and its interpreters, outcomes, her copy; the port."""

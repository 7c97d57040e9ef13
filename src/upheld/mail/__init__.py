"""Mail as it goes out: composed, and handed to a mail server."""

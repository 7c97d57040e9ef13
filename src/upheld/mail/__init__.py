"""Mail: what comes in is read, what goes out is composed and handed to a mail server."""

"""Mail: what comes in is read; letters are templates, handed to a mail server; calls of a webhook."""

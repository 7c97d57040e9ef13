"""Mail: what comes in is read; letters are templates, composed and handed to a mail server; calls of a webhook."""

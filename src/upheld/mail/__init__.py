"""What goes out: letters as templates, mail composed and handed to a mail server, calls of a webhook."""

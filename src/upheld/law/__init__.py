"""What the law says, as values: rights, legal bases, grounds to keep."""

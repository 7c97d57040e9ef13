"""Cases of five systems each: how many a second, by the server alone and by two workers."""

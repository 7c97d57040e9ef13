"""Real database servers for tests: started once a run, shared between workers, stopped by their process id."""

"""Where a figure was measured, and of what."""

import os
import platform
import subprocess
from pathlib import Path

HOME = Path(__file__).parents[1]


def machine() -> str:
    """Processors, memory, system."""
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in cpus if line.startswith("model name")), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    named = f"{os.cpu_count()} processors ({model or platform.machine()})"
    return f"{named}, {memory:.0f} GB of memory, {platform.system()}"


def load() -> str:
    """Load averages of 1, 5 and 15 minutes."""
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


def commit() -> str:
    """As git describes it."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HOME, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"

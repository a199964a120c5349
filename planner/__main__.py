"""``python -m planner`` is the command ``sendeplan``."""

from planner.cli import main

main(prog_name="sendeplan")

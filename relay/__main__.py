"""`python -m relay` is the command `jarshy`, wherever the command itself is not on the path."""

from relay.cli.main import main

main(prog_name="jarshy")

"""`python -m backend.cli` is the same as `farola`."""

from backend.cli import main

main()

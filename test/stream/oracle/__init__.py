"""Runs the streaming cases in real Spark; `test/stream/goldens.py` is the program."""

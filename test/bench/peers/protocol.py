"""One peer in a process of its own, kept from question to question: a JSON request a line on standard input, a JSON answer
a line on standard output. What a library prints goes to standard error. The process ends with its standard input.
"""
import json
import os
import sys
import traceback
from typing import Any, Callable

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def serve(handlers: dict[str, Handler]) -> None:
    """Answers `{"do": NAME, …}` by the handler of that name, until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = json.dumps(handlers[request["do"]](request), allow_nan=False)
        except Exception as error:  # the process that asked decides what a failure means
            traceback.print_exc()
            answer = json.dumps({"error": f"{type(error).__name__}: {str(error)[:500]}"})
        answers.write(answer + "\n")
        answers.flush()

"""conformance.py [KERNEL]: the tests of jupyter_kernel_test with a sample for every optional part, and the life
of a kernel under jupyter_client: interrupt, restart, shutdown. Prints {"tests": {name: "pass" or what went wrong}}.
"""
import json
import sys
import unittest

import jupyter_kernel_test
from jupyter_client.manager import start_new_kernel

KERNEL = sys.argv[1] if len(sys.argv) > 1 else "millrace"
START_S = 60


class Conformance(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('t')"
    completion_samples = [{"text": "Math.ab", "matches": ["abs"]}, {"text": "conso", "matches": ["console"]}]
    complete_code_samples = ["1", "console.log('hi')", "const f = (x: number) => x * 2", "%%sql\nSELECT 1", "await 1"]
    incomplete_code_samples = ["function f() {", "const s = `hi", "[1, 2,", "if (true)", "/* open"]
    invalid_code_samples = ["let = 7q", "1 +* 2", "}"]
    code_page_something = "%page Math.abs"
    code_generate_error = "throw new Error('x')"
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[1, 2, 3].map((n: number) => n * n).join()", "result": "'1,4,9'"},
        {"code": "await Promise.resolve(7)", "result": "7"},
    ]
    code_display_data = [
        {"code": "display.html('<b>x</b>')", "mime": "text/html"},
        {"code": "display.markdown('**x**')", "mime": "text/markdown"},
        {"code": "display.json({ a: 1 })", "mime": "application/json"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.abs"
    code_clear_output = "clearOutput()"


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


class Life(unittest.TestCase):
    """What a notebook server does with a kernel."""

    def setUp(self):
        self.manager, self.client = start_new_kernel(kernel_name=KERNEL, startup_timeout=START_S)

    def tearDown(self):
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.client.stop_channels()

    def run_cell(self, code):
        return self.client.execute_interactive(code, timeout=START_S, output_hook=lambda _: None)["content"]

    def test_interrupt_keeps_the_state(self):
        self.run_cell("const kept = 5")
        asked = self.client.execute("console.log('begun'); while (true) {}")
        while self.client.get_iopub_msg(timeout=START_S)["msg_type"] != "stream":
            pass
        self.manager.interrupt_kernel()
        reply = self.client.get_shell_msg(timeout=START_S)
        self.assertEqual((reply["parent_header"]["msg_id"], reply["content"]["status"]), (asked, "error"))
        self.assertEqual(self.run_cell("if (kept !== 5) throw new Error('lost')")["status"], "ok")

    def test_restart_begins_anew(self):
        self.run_cell("const gone = 5")
        before = self.manager.provisioner.pid
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=START_S)
        self.assertNotEqual(self.manager.provisioner.pid, before)
        self.assertEqual(self.run_cell("gone")["status"], "error")
        self.assertEqual(self.run_cell("1")["status"], "ok")

    def test_shutdown_ends_with_code_0(self):
        process = self.manager.provisioner.process
        self.manager.request_shutdown()
        self.assertEqual(process.wait(START_S), 0)


class Outcomes(unittest.TestResult):
    """The worst outcome of each test and its subtests; a skipped test has no sample and counts as failed."""

    def __init__(self):
        super().__init__()
        self.tests = {}

    def note(self, test, outcome):
        name = str(getattr(test, "test_case", test)).split(" ")[0]
        if outcome != "pass" or name not in self.tests:
            self.tests[name] = outcome

    def addSuccess(self, test):
        self.note(test, "pass")

    def addSkip(self, test, reason):
        self.note(test, f"skipped: {reason}")

    def addFailure(self, test, error):
        self.note(test, f"{error[0].__name__}: {' '.join(str(error[1]).split())[-300:]}")

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error:
            self.addFailure(subtest, error)


outcomes = Outcomes()
load = unittest.defaultTestLoader.loadTestsFromTestCase
unittest.TestSuite(map(load, (Conformance, Welcome, Life))).run(outcomes)
print(json.dumps({"tests": outcomes.tests}))

"""Asks outside-fed (fed.cpp) what the program makes of texts and rows; for the scripts beside it."""
import json
import subprocess
import threading


class Fed:
    """One process for many models. Answers come in the order of the questions."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, questions):
        """[{"folder": …, "text": … or "row": …}] → their answers."""
        lines = [json.dumps(each) + "\n" for each in questions]
        writer = threading.Thread(target=self._write, args=[lines])
        writer.start()
        answers = []
        for each in questions:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"the program ended at {str(each)[:300]}")
            answers.append(json.loads(line))
        writer.join()
        return answers

    def _write(self, lines):
        for line in lines:
            self.process.stdin.write(line)
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        self.process.wait()

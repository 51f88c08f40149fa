#!/usr/bin/python3
"""Somebody who never saw the window, in three tasks: a first adapter; her own questions and answers; half the adapter.

Usage: tests/desktop/newcomer PICTURES STEPS PROGRAM. STEPS: what a run is cut to; 0: as many as the window proposes.
Run by hand, under Xvfb; see the script of the same name. Real clicks and keys alone; it ends with 1 where a step fails.
"""

import pathlib
import sys
import time

from desk import Desk

LONG_S = 3600  # a training on a slow machine
QUESTIONS = ["capital of France", "colour of snow", "number of legs of a spider", "opposite of hot"]
ANSWERS = ["Paris", "white", "eight", "cold"]


def cut_to(desk, steps):
    """The number of steps, typed into its field, which stands far down in the column."""
    if steps == 0:
        return
    desk.scroll_to("spin button", "Steps", ("filler", "Settings"))
    desk.click("spin button", "Steps")
    desk.press("ctrl+a")
    desk.type(str(steps))
    desk.press("Tab")


def train(desk, steps):
    cut_to(desk, steps)
    desk.click("push button", "Start training")
    desk.need("label", "Running", 120)
    desk.picture("running")
    desk.wait_for_state("Ready", LONG_S)
    desk.picture("trained")


def ask(desk):
    desk.click("push button", "Generate", LONG_S)
    desk.wait_for_work(LONG_S)
    return desk.text_of("text", "Answer: Base"), desk.text_of("text", "Answer: With adapter")


def answer(desk, path):
    """The file dialog, by a path that is typed."""
    desk.wait_for_dialog()
    desk.press("ctrl+a")
    desk.type(path)
    desk.picture("path")
    desk.press("Return")
    desk.wait_for_dialog(opened=False)


def is_saved(folder):
    end = time.monotonic() + 60
    while not (folder / "adapter_model.safetensors").exists() and time.monotonic() < end:
        time.sleep(0.5)
    return (folder / "adapter_model.safetensors").exists()


def first_adapter(desk, steps, home):
    desk.begin_task("first adapter")
    desk.picture("first-sight")
    desk.press("Escape")  # the first tour
    desk.wait_for_state("Ready", 120)
    train(desk, steps)
    base, adapted = ask(desk)
    desk.picture("answered")
    desk.press("ctrl+shift+s")
    answer(desk, str(home / "first-adapter"))
    saved = is_saved(home / "first-adapter")
    desk.picture("saved")
    desk.end_task(f"saved: {saved}; base {base[:60]!r}, with adapter {adapted[:60]!r}")
    return saved and base != adapted


def own_data(desk, steps, home):
    desk.begin_task("own data")
    rows = [f"What is the {q}? ({n}),{a}" for n in range(8) for q, a in zip(QUESTIONS, ANSWERS)]
    data = home / "mine.csv"
    data.write_text("question,answer\n" + "\n".join(rows) + "\n")
    desk.click("push button", "Dataset")
    answer(desk, str(data))
    time.sleep(5)
    desk.click("page tab", "Data")
    time.sleep(3)
    desk.picture("as-the-model-reads-it")
    desk.click("page tab", "Training")
    train(desk, steps)
    runs = list((home / ".local/share/lora-workbench/runs").glob("*/run.json"))
    of_mine = [run for run in runs if "mine.csv" in run.read_text()]
    desk.end_task(f"runs on it: {len(of_mine)}")
    return bool(of_mine)


def half_of_it(desk, home):
    desk.begin_task("half the adapter")
    desk.click("page tab", "Laboratory")
    time.sleep(3)
    desk.picture("laboratory")
    desk.click("push button", "Measure")
    desk.wait_for_work(LONG_S)
    desk.picture("measured")
    desk.click("table cell", "4")
    desk.picture("rank-four")
    cost = [each for each in desk.texts("label") if each.startswith("Rank 4:")]
    desk.click("push button", "Save the adapter of rank")
    answer(desk, str(home / "half"))
    saved = is_saved(home / "half")
    desk.picture("saved")
    desk.end_task(f"saved: {saved}; told: {cost[-1] if cost else 'nothing'}")
    return saved and bool(cost)


def main():
    pictures, steps, home = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path.home()
    desk = Desk(pictures)
    done = [first_adapter(desk, steps, home), own_data(desk, steps, home), half_of_it(desk, home)]
    sys.exit(0 if all(done) else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The pictures of one state of the window: tests/desktop/pictures starts this once for each. Usage: PREFIX STATE."""

import pathlib
import sys
import tempfile
import time

from desk import Desk, xdotool

PAGES = {1: "training", 2: "laboratory", 3: "sweeps", 4: "runs", 5: "data", 6: "answers"}
DOCKS = ("Messages", "Queue", "Time")
BUBBLES = 6
LONG_S = 1200  # on a slow machine


class Album:
    """Pictures under one prefix, and how each state of the window is come by."""

    def __init__(self, prefix):
        path = pathlib.Path(prefix)
        self.desk = Desk(path.parent)
        self.desk.begin_task(path.name)

    def take(self, name, settle_s=1.0):
        time.sleep(settle_s)
        self.desk.picture(name)

    def pages(self):
        for number, name in PAGES.items():
            xdotool("key", f"ctrl+{number}")
            self.take(name, 2)
        xdotool("key", "ctrl+1")
        time.sleep(1)

    def docks(self):
        tabs = self.desk.places("page tab")
        for name in (*DOCKS, "Playground"):
            xdotool("mousemove", *tabs[name], "click", 1)
            if name in DOCKS:
                self.take(name.lower())

    def dialog(self, name, *keys):
        """What these keys open, and Escape closes."""
        xdotool("key", *keys)
        self.take(name, 2)
        xdotool("key", "Escape")
        time.sleep(0.5)

    def column(self):
        """The set-up, from top to bottom."""
        area = self.desk.need("filler", "Settings")
        frame = area.queryComponent().getExtents(0)
        # At its edge, where the wheel turns the column and no list in it.
        xdotool("mousemove", "--sync", frame.x + 4, frame.y + frame.height // 2)
        for part in range(6):
            self.take(f"set-up-{part}", 0.5)
            xdotool("click", "--repeat", "6", "5")

    def ready(self):
        self.desk.wait_for_state("Ready", 120)


def tour(album):
    album.ready()
    album.take("begins by itself")
    xdotool("key", "alt+h", "t")
    for bubble in range(1, BUBBLES):
        xdotool("key", "Return")
        album.take(f"bubble {bubble + 1}")


def empty(album):
    time.sleep(3)
    album.pages()
    album.docks()


def ready(album):
    album.ready()
    album.column()
    album.pages()
    album.docks()
    for number, name in PAGES.items():
        xdotool("key", f"ctrl+{number}")
        time.sleep(0.5)
        album.dialog(f"help-{name}", "F1")
    xdotool("key", "ctrl+1")
    album.dialog("glossary", "ctrl+F1")
    album.dialog("keyboard", "alt+h", "k")
    album.dialog("about", "alt+h", "a")
    album.dialog("hub", "ctrl+h")
    album.dialog("machine", "alt+w", "a")
    for menu, letter in (("file", "f"), ("run", "r"), ("where", "w"), ("view", "v"), ("help", "h")):
        album.dialog(f"menu-{menu}", f"alt+{letter}")
        xdotool("key", "Escape")


def error(album):
    time.sleep(5)
    album.pages()
    album.desk.click("page tab", "Messages")
    album.take("messages")
    album.desk.scroll_to("spin button", "Steps", ("filler", "Settings"))
    album.desk.click("spin button", "Steps")
    xdotool("key", "ctrl+a")
    xdotool("type", "a dozen")
    xdotool("key", "Tab")
    album.take("what is no number")


def columns(album):
    """A table whose columns have names of their own."""
    album.ready()
    rows = ["ask,reply,source"] + [f"How many legs has a spider ({n})?,Eight,book {n}" for n in range(60)]
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "spiders.csv"
        table.write_text("\n".join(rows) + "\n")
        xdotool("key", "ctrl+d")
        album.desk.wait_for_dialog()
        xdotool("key", "ctrl+a")
        xdotool("type", str(table))
        album.take("file-dialog")
        xdotool("key", "Return")
        album.take("asked", 4)
        album.column()
        album.pages()


def running(album):
    album.ready()
    xdotool("key", "F5")
    album.desk.need("label", "Running", 120)
    album.take("begun", 3)
    time.sleep(60)
    album.pages()
    album.docks()


def opened(album):
    album.ready()
    time.sleep(2)
    album.pages()
    album.docks()
    album.desk.click("push button", "Generate")
    album.desk.wait_for_work(LONG_S)
    album.take("answered", 2)
    xdotool("key", "ctrl+2")
    time.sleep(1)
    album.desk.click("push button", "Measure")
    album.take("measuring")
    album.desk.wait_for_work(LONG_S)
    album.take("measured")
    for view, name in (("Against W", "against the model"), ("Against another", "against another")):
        album.desk.click("page tab", view)
        album.take(name)
    xdotool("key", "ctrl+4")
    time.sleep(1)
    xdotool("key", "Tab", "ctrl+a")
    album.take("runs-chosen", 2)


def main():
    STATES[sys.argv[2]](Album(sys.argv[1]))


STATES = {each.__name__: each for each in (tour, empty, ready, error, columns, running, opened)}

if __name__ == "__main__":
    main()

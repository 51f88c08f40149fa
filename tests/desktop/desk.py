"""A window worked as a person works it: found over AT-SPI by role and name, pressed with real clicks and keys.

What it costs is counted: clicks, keys that were pressed one by one, turns of the wheel, seconds, and how many of these
went by while the script looked for what to press, which a person's eye does at once. Each step leaves a picture.
"""

import subprocess
import time

import pyatspi

PATIENCE_S = 60
TURNS_AT_ONCE = 3  # of the wheel, before one looks again
# Asked by number: the name of a role is told by the window anew each time, its number is kept here.
ROLES = {
    "filler": pyatspi.ROLE_FILLER,
    "label": pyatspi.ROLE_LABEL,
    "page tab": pyatspi.ROLE_PAGE_TAB,
    "push button": pyatspi.ROLE_PUSH_BUTTON,
    "spin button": pyatspi.ROLE_SPIN_BUTTON,
    "table cell": pyatspi.ROLE_TABLE_CELL,
    "text": pyatspi.ROLE_TEXT,
}


def xdotool(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], check=True)


def active_window():
    return subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True).stdout.strip()


def application():
    """The window's application, once it has told the bus of itself."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for each in pyatspi.Registry.getDesktop(0):
            if each is not None and "lora-workbench" in each.name.lower():
                return each
        time.sleep(0.5)
    raise SystemExit("the window has not told the accessibility bus of itself")


def items(root, depth=0):
    """All that is in sight below an item, itself first."""
    try:
        if root is None or depth > 40:
            return
        if depth > 1 and not root.getState().contains(pyatspi.STATE_SHOWING):
            return
        yield root
        if root.getRole() in (pyatspi.ROLE_TABLE, pyatspi.ROLE_TREE_TABLE) and root.childCount > 400:
            return
        for child in root:
            yield from items(child, depth + 1)
    except Exception:  # an item that went while it was looked at has no children
        return


def is_named(item, role, name):
    found = item.name or ""
    return found == name if role == "table cell" else found.startswith(name)


def middle(item):
    box = item.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    return box.x + box.width // 2, box.y + box.height // 2


class Desk:
    def __init__(self, pictures):
        self.pictures = pictures
        self.window = application()
        self.main = active_window()
        self.steps = []
        self.begin_task("")

    def begin_task(self, name):
        self.task = name
        self.clicks = self.keys = self.turns = self.number = 0
        self.looked = 0.0
        self.began = time.monotonic()

    def find(self, role, name, patience_s=PATIENCE_S, enabled=False, within=None):
        """The first item in sight of this role whose name begins so (a cell's is so); none after that time."""
        end = time.monotonic() + patience_s
        while True:
            began = time.monotonic()
            for each in items(within or self.window):
                if each.getRole() != ROLES[role] or not is_named(each, role, name):
                    continue
                if not enabled or each.getState().contains(pyatspi.STATE_SENSITIVE):
                    self.looked += time.monotonic() - began
                    return each
            if time.monotonic() > end:
                return None
            time.sleep(max(0.5, 3 * (time.monotonic() - began)))  # looking takes from what trains meanwhile

    def need(self, role, name, patience_s=PATIENCE_S, enabled=False):
        found = self.find(role, name, patience_s, enabled)
        if found is None:
            self.picture("missing")
            raise SystemExit(f"{self.task}: no {role} “{name}” in sight")
        return found

    def click(self, role, name, patience_s=PATIENCE_S, times=1):
        """With the mouse, in its middle, once it can be pressed."""
        item = self.need(role, name, patience_s, enabled=True)
        xdotool("mousemove", "--sync", *middle(item))
        xdotool("click", "--repeat", times, 1)
        self.clicks += times
        time.sleep(0.5)

    def scroll_to(self, role, name, column):
        """The wheel turned over the column of this role and name, until the item there is in sight."""
        area = self.need(*column)
        frame = area.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        xdotool("mousemove", "--sync", frame.x + frame.width // 2, frame.y + frame.height // 2)
        for _ in range(20):
            item = self.find(role, name, 0, within=area)
            if item is not None and frame.y < middle(item)[1] < frame.y + frame.height:
                return
            xdotool("click", "--repeat", TURNS_AT_ONCE, 5)
            self.turns += TURNS_AT_ONCE
            time.sleep(0.3)
        self.picture("missing")
        raise SystemExit(f"{self.task}: no {role} “{name}” comes into sight")

    def press(self, *keys):
        xdotool("key", *keys)
        self.keys += len(keys)
        time.sleep(0.5)

    def type(self, text):
        xdotool("type", "--delay", 8, text)
        self.keys += len(text)
        time.sleep(0.3)

    def wait_for_dialog(self, opened=True):
        """Until a dialog has the keys, or, with False, the window has them again."""
        end = time.monotonic() + PATIENCE_S
        while (active_window() in ("", self.main)) == opened and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(0.5)  # its fields are there

    def wait_for_state(self, word, patience_s):
        """Until the word at the tool bar's end is this one."""
        return self.need("label", word, patience_s)

    def wait_for_work(self, patience_s):
        """Until a button “Stop” that can be pressed, there while something is under way, has come and gone."""
        began = time.monotonic()
        while self.find("push button", "Stop", 0, enabled=True) is None and time.monotonic() < began + 5:
            time.sleep(0.2)
        while self.find("push button", "Stop", 0, enabled=True) and time.monotonic() < began + patience_s:
            time.sleep(1)

    def text_of(self, role, name):
        return self.need(role, name).queryText().getText(0, -1)

    def texts(self, role):
        return [each.name for each in items(self.window) if each.getRole() == ROLES[role] and each.name]

    def places(self, role):
        """The middle of every item of this role in sight, by its name: one look for what is pressed again and again."""
        return {each.name: middle(each) for each in items(self.window) if each.getRole() == ROLES[role]}

    def picture(self, step):
        self.number += 1
        name = f"{self.task}-{self.number:02}-{step}.png".replace(" ", "-")
        subprocess.run(["import", "-window", "root", f"{self.pictures}/{name}"], check=True)

    def end_task(self, result):
        seconds = time.monotonic() - self.began
        cost = f"{self.clicks} clicks, {self.keys} keys, {self.turns} turns of the wheel"
        print(f"{self.task}: {cost}, {seconds:.0f} s, {self.looked:.0f} of them looking: {result}", flush=True)

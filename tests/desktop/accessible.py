#!/usr/bin/python3
"""What a screen reader is told of the window, over AT-SPI as Orca gets it: a line an item, those without a name marked.

Usage: tests/desktop/accessible PROGRAM [FILE]. Ends with 1 where an item that a reader stops at has no name.
Needs Debian's python3-pyatspi beside what screen.sh needs. Run by hand, and inside of dbus-run-session.
"""

import sys

import pyatspi

from desk import application

# Items that a reader passes through on its way to others, and does not stop at.
PASSED_THROUGH = {
    pyatspi.ROLE_FILLER, pyatspi.ROLE_PANEL, pyatspi.ROLE_LAYERED_PANE, pyatspi.ROLE_SEPARATOR,
    pyatspi.ROLE_SCROLL_BAR, pyatspi.ROLE_SPLIT_PANE, pyatspi.ROLE_VIEWPORT, pyatspi.ROLE_TABLE_CELL,
    pyatspi.ROLE_LIST_ITEM, pyatspi.ROLE_TABLE_COLUMN_HEADER,
}
CONTENTS = {pyatspi.ROLE_TABLE, pyatspi.ROLE_LIST, pyatspi.ROLE_TREE, pyatspi.ROLE_TREE_TABLE}


def has_tabs(bar):
    """Its buttons, which move what does not fit, are children too."""
    return any(child is not None and child.getRole() == pyatspi.ROLE_PAGE_TAB for child in bar)


def dump(item, depth, nameless):
    if item is None:
        return
    state = item.getState()
    if not state.contains(pyatspi.STATE_VISIBLE) and depth > 1:
        return
    role = item.getRole()
    name = (item.name or "").strip()
    # A label without a text has nothing to say, nor has a bar that no tab stands in.
    is_empty_bar = role == pyatspi.ROLE_PAGE_TAB_LIST and not has_tabs(item)
    stops = role not in PASSED_THROUGH and not role == pyatspi.ROLE_LABEL and not is_empty_bar
    mark = "  <- no name" if stops and not name else ""
    print(f"{'  ' * depth}{item.getRoleName()}: {name.splitlines()[0] if name else ''}{mark}")
    if mark:
        nameless.append(item.getRoleName())
    if role in CONTENTS:
        return
    for child in item:
        dump(child, depth + 1, nameless)


def main():
    nameless = []
    dump(application(), 0, nameless)
    print(f"{len(nameless)} without a name")
    sys.exit(1 if nameless else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks who includes whom against the rooms of the design.

Reads the `#include` lines of the C++ files that git tracks or would track, follows those that lead to a file of
the project, and prints one line for each rule that is broken. Exit code 1 when there is one.

    include_rules.py [--root FOLDER]        check
    include_rules.py --torch-free           print the .cpp files of engine and ui that see no header of torch
"""
import argparse
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

# folder: room: the rooms of that folder which it may include beside itself. A room is a folder, or of the engine a
# file; files that are not named here stand above all rooms.
ROOMS = {
    "engine": {
        "error": [],
        "files": ["error"],
        "text": ["error", "files"],
        "devices": ["error"],
        "profile": [],
        "kernels": [],
        "task": [],
        "models": ["error", "files", "text", "devices", "profile", "kernels", "task"],
        "adapters": ["error", "files", "text", "devices", "models", "task"],
        "projections": ["error", "kernels"],
        "methods": ["error", "files", "devices", "kernels", "models", "adapters", "projections", "task"],
        "analysis": ["error", "files", "devices", "models", "adapters"],
        "data": ["error", "files", "text", "devices", "task"],
        "settings": ["error", "files", "models", "adapters", "methods", "data"],
        "runs": ["error", "files", "profile", "analysis", "settings"],
        "training": ["error", "files", "text", "devices", "profile", "kernels", "models", "adapters", "methods", "analysis", "data",
                     "settings", "runs", "task"],
        "sweeps": ["error", "files", "devices", "profile", "models", "adapters", "methods", "data", "settings", "runs",
                   "training", "task", "failure"],
    },
    "ui": {
        "elements": [],
        "plots": ["elements"],
        "setup": ["elements", "plots"],
        "laboratory": ["elements", "plots"],
        "runs": ["elements", "plots"],
        "sweeps": ["elements", "plots", "runs"],
    },
}
TORCH_FREE_ROOMS = {"error", "files", "text", "profile", "settings", "runs"}
FOLDERS = {"engine": {"engine"}, "ui": {"engine", "ui"}, "app": {"engine", "ui", "app"}}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
TORCH = re.compile(r"(torch|ATen|c10|caffe2)/")
QT = re.compile(r"Q[A-Z]|Qt\w*/|qcustomplot\.h$")


def tracked_sources(root):
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    return [name for name in listing.splitlines()
            if name.endswith((".h", ".cpp")) and name.split("/")[0] in FOLDERS and (root / name).is_file()]


def room_of(name):
    """engine/files/json.h → files; engine/worker.h → worker."""
    parts = Path(name).parts
    return parts[1] if len(parts) > 2 else Path(name).stem


class Includes:
    def __init__(self, root):
        self.root = root

    @cache
    def direct(self, name):
        """(files of the project, names of others) that one file includes itself."""
        own, others = [], []
        for quote, target in INCLUDE.findall((self.root / name).read_text(encoding="utf-8")):
            beside = (Path(name).parent / target).as_posix()
            found = next((c for c in (beside, target) if quote == '"' and (self.root / c).is_file()), None)
            (own if found else others).append(found or target)
        return own, others

    @cache
    def reachable(self, name):
        """File → the file that included it first, for all that the compiler would open."""
        came_from, waiting = {name: None}, [name]
        while waiting:
            current = waiting.pop()
            for target in self.direct(current)[0]:
                if target not in came_from:
                    came_from[target] = current
                    waiting.append(target)
        return came_from

    def way_to(self, name, pattern):
        """`a.cpp → b.h → <torch/types.h>` for the first foreign header that matches, or None."""
        came_from = self.reachable(name)
        for file in came_from:
            for header in self.direct(file)[1]:
                if pattern.match(header):
                    way = [f"<{header}>"]
                    while file:
                        way.append(file)
                        file = came_from[file]
                    return " → ".join(reversed(way))
        return None


def direction_faults(name, includes):
    """Arrows from one room or folder to another that the design does not have."""
    folder, room = name.split("/")[0], room_of(name)
    rooms = ROOMS.get(folder, {})
    if rooms and room not in rooms and len(Path(name).parts) > 2:
        yield f"{name}: the room '{room}' is not in the list of this check; place it in the design's order first"
        return
    for target in includes.direct(name)[0]:
        other = target.split("/")[0]
        if other in FOLDERS and other not in FOLDERS[folder]:
            yield f"{name}: includes {target}, but {folder} may not know {other}"
        elif folder == other and room in rooms and room_of(target) not in [room, *rooms[room]]:
            yield f"{name}: includes {target}, but {room} may know only {', '.join(rooms[room]) or 'no other room'}"


def library_faults(name, includes):
    """Torch and Qt where they do not belong."""
    folder = name.split("/")[0]
    torch, qt = includes.way_to(name, TORCH), includes.way_to(name, QT)
    if torch and (folder == "ui" or room_of(name) in TORCH_FREE_ROOMS):
        yield f"{name}: must not see torch: {torch}"
    if qt and folder == "engine":
        yield f"{name}: the engine must not see Qt: {qt}"
    if qt and torch and folder == "app":
        yield f"{name}: sees both Qt and torch: {qt}; {torch}"
    if "qcustomplot.h" in includes.direct(name)[1] and name != "ui/plots/plot.h":
        yield f"{name}: qcustomplot.h is included only through ui/plots/plot.h"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--torch-free", action="store_true")
    options = parser.parse_args()
    includes = Includes(options.root)
    sources = tracked_sources(options.root)
    if options.torch_free:
        print("\n".join(name for name in sources if name.endswith(".cpp") and not includes.way_to(name, TORCH)))
        return 0
    faults = [fault for name in sources for rule in (direction_faults, library_faults) for fault in rule(name, includes)]
    print("\n".join(faults) or f"{len(sources)} files keep the include rules")
    return 1 if faults else 0


sys.exit(main())

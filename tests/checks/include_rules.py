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

# A room says in its CMakeLists.txt which others of its folder it may include: lora_room(NAME [TORCH | MODULE] KNOWS ROOM…).
ROOM = re.compile(r"^lora_(?:ui_)?room\((\w+)\s*(TORCH|MODULE)?\s*(?:KNOWS\s+([\w\s]*))?\)", re.MULTILINE)
# Loose files of a folder that every room of it may include; another loose file breaks the rule.
LOOSE = {"engine": {"error", "task"}, "ui": set()}
FOLDERS = {"engine": {"engine"}, "ui": {"engine", "ui"}, "app": {"engine", "ui", "app"}}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
TORCH = re.compile(r"(torch|ATen|c10|caffe2)/")
# Libraries that one room alone sees: what it links is loaded when it is needed.
ALONE = {"arrow": re.compile(r"(arrow|parquet)/"), "curl": re.compile(r"curl/")}
QT = re.compile(r"Q[A-Z]|Qt\w*/|qcustomplot\.h$")


def tracked_sources(root):
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    return [name for name in listing.splitlines()
            if name.endswith((".h", ".cpp")) and name.split("/")[0] in FOLDERS and (root / name).is_file()]


@cache
def rooms_of(root, folder):
    """Of each room of a folder: the rooms that it may include beside itself, and whether it may see torch."""
    rooms = {}
    for made in sorted((root / folder).glob("*/CMakeLists.txt")):
        found = ROOM.search(made.read_text(encoding="utf-8"))
        if found:
            rooms[found[1]] = ((found[3] or "").split(), found[2] == "TORCH")
    return rooms


def room_of(name):
    """engine/files/json.h → files; engine/error.h → error."""
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
    rooms, loose = rooms_of(includes.root, folder), LOOSE.get(folder)
    if loose is not None and len(Path(name).parts) == 2 and room not in loose:
        yield f"{name}: lies loose in {folder}; it belongs into a room"
    if rooms and room not in rooms and len(Path(name).parts) > 2:
        yield f"{name}: the folder {folder}/{room} is no room; its CMakeLists.txt has to say lora_room({room} …)"
        return
    known = [room, *(rooms[room][0] if room in rooms else []), *(loose or [])]
    for target in includes.direct(name)[0]:
        other = target.split("/")[0]
        if other in FOLDERS and other not in FOLDERS[folder]:
            yield f"{name}: includes {target}, but {folder} may not know {other}"
        elif folder == other and loose is not None and room_of(target) not in known:
            yield f"{name}: includes {target}, but {room} may know only {', '.join(known[1:]) or 'no other room'}"


def library_faults(name, includes):
    """Torch and Qt where they do not belong."""
    folder, room = name.split("/")[0], room_of(name)
    rooms = rooms_of(includes.root, folder)
    torch, qt = includes.way_to(name, TORCH), includes.way_to(name, QT)
    if torch and (folder == "ui" or (folder == "engine" and not (room in rooms and rooms[room][1]))):
        yield f"{name}: must not see torch: {torch}"
    if qt and folder == "engine":
        yield f"{name}: the engine must not see Qt: {qt}"
    if qt and torch and folder == "app":
        yield f"{name}: sees both Qt and torch: {qt}; {torch}"
    for alone, pattern in ALONE.items():
        way = includes.way_to(name, pattern)
        if way and room != alone:
            yield f"{name}: only engine/{alone} may see {way}"
    if "qcustomplot.h" in includes.direct(name)[1] and name != "ui/plots/plot.h":
        yield f"{name}: qcustomplot.h is included only through ui/plots/plot.h"


def circle_faults(root):
    """Rooms that know each other, by whatever way."""
    for folder in LOOSE:
        rooms = rooms_of(root, folder)

        def reached(room, seen):
            for other in rooms.get(room, ([], False))[0]:
                if other not in seen:
                    seen.add(other)
                    reached(other, seen)
            return seen

        for room, (known, _) in rooms.items():
            for other in known:
                if other not in rooms:
                    yield f"{folder}/{room}: knows {other}, which is no room"
            if room in reached(room, set()):
                yield f"{folder}/{room}: the rooms that it knows lead back to it"


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
    faults += circle_faults(options.root)
    print("\n".join(faults) or f"{len(sources)} files keep the include rules")
    return 1 if faults else 0


sys.exit(main())

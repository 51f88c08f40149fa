#!/usr/bin/env python3
"""Reads C++ files with clang-tidy; exit code 1 when it finds something.

usage: tests/checks/tidy.py BUILD_FOLDER [--alone FILE…] [--together FILE…]

Most of clang-tidy's time goes into what a file includes. Files that are compiled with the same options are
therefore read some at a time, as if they were one, and fewer where they do not go together: two that have a
name of their own in common. The files after --alone are read one by one from the start, so that
each is seen to include what it uses. Files that the build does not compile on their own are left out.
"""
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

READ_TOGETHER = 32
ROOT = pathlib.Path(__file__).resolve().parents[2]
TIDY = ["clang-tidy-14", "--quiet", "--extra-arg=-Wno-unknown-warning-option"]


def options_of(build):
    """How the build compiles each file. g++'s precompiled headers are not clang's."""
    options = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        command = re.sub(r"-Winvalid-pch -include \S*cmake_pch.hxx", "", entry["command"])
        words = shlex.split(command)
        kept = words[:words.index("-o")]
        options.setdefault(os.path.relpath(entry["file"], ROOT), (entry["directory"], kept))
    return options


def tidy(folder, file, directory, options, checks=()):
    """What clang-tidy says of a file; nothing where it is content."""
    commands = folder / "compile_commands.json"
    folder.mkdir(parents=True, exist_ok=True)
    commands.write_text(json.dumps(
        [{"directory": directory, "file": str(file), "arguments": [*options, "-c", str(file)]}]))
    ran = subprocess.run([*TIDY, *checks, f"--header-filter={ROOT}/(engine|ui|app|tests)/.*", "-p", str(folder), str(file)],
                         capture_output=True, text=True)
    return ran.stdout if ran.returncode else ""


def read(job):
    """What clang-tidy says of some files; of each half of them where they do not go together."""
    folder, files, directory, options = job
    if len(files) == 1:
        return tidy(folder, ROOT / files[0], directory, options)
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "together.cpp"
    whole.write_text("".join(f'#include "{ROOT / file}"\n' for file in files))
    said = tidy(folder, whole, directory, options, ["--checks=-bugprone-suspicious-include"])
    if "[clang-diagnostic-error" not in said:
        return said
    half = len(files) // 2
    return "".join(read((folder / name, some, directory, options))
                   for name, some in (("a", files[:half]), ("b", files[half:])))


def jobs(build, alone, together):
    options = options_of(build)
    groups = [[file] for file in alone if file in options]
    left = sorted(set(together) - set(alone))
    for _, same in itertools.groupby([f for f in left if f in options], key=lambda file: options[file]):
        same = list(same)
        groups += [same[i:i + READ_TOGETHER] for i in range(0, len(same), READ_TOGETHER)]
    for number, files in enumerate(groups):
        yield build / "tidy" / str(number), files, *options[files[0]]


def main():
    build = ROOT / sys.argv[1]
    lists = {"--alone": [], "--together": []}
    for word in sys.argv[2:]:
        if word in lists:
            files = lists[word]
        else:
            files.append(word)
    work = sorted(jobs(build, lists["--alone"], lists["--together"]), key=lambda job: -len(job[1]))
    if not work:
        sys.exit(f"tidy.py: {build} compiles none of the files on its own; is it a unity build?")
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        found = False
        for said in readers.map(read, work):
            found = found or bool(said)
            print(said, end="", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

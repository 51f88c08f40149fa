#!/usr/bin/env python3
"""Checks that the code which ARCHITECTURES.md shows is the code there is: each block stands, line for line, in the file
that the line above it names. Prints those that do not; exit code 1 when there is one."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^[^\n`]*`([^`\n]+)`[^\n]*\n+( *)```\w+\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def main():
    page = (ROOT / "ARCHITECTURES.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    wrong = [file for file, indent, code in blocks
             if re.sub(f"^{indent}", "", code, flags=re.MULTILINE) not in (ROOT / file).read_text(encoding="utf-8")]
    if len(blocks) != page.count("```") // 2:
        wrong.append("a block of code without its file's name in the line above it")
    for each in wrong:
        print(f"ARCHITECTURES.md: {each} reads otherwise now")
    sys.exit(bool(wrong))


main()

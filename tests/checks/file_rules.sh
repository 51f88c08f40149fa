#!/usr/bin/env bash
# Checks names and lengths of the project's files: a name says what a file is about, and no file is too long to read.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

longest=400
faults=0
while read -r file; do
    [[ -f $file ]] || continue
    name=${file##*/}
    if [[ $name =~ (util|helper|manager) || $name =~ ^(common|misc|types)[_.] ]]; then
        echo "$file: '${BASH_REMATCH[1]}' names no subject; what is in it has a name of its own"
        faults=$((faults + 1))
    fi
    length=$(wc -l <"$file")
    if ((length > longest)); then
        echo "$file: $length lines, at most $longest; it has more than one subject"
        faults=$((faults + 1))
    fi
done < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h' '*.py' '*.sh' '*/run' '*CMakeLists.txt')
((faults == 0)) || exit 1
echo "names and lengths are fine"

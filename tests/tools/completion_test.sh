#!/bin/bash
# The bash completion hands the words up to the cursor to `chipcast complete` and offers the lines it prints.
set -euo pipefail
root=$1
chipcast() { printf '<%s>\n' "$@"; }
. "$root/tools/completion/chipcast.bash"
COMP_WORDS=(chipcast describe res after) COMP_CWORD=2 COMPREPLY=()
_chipcast
expected='<complete> <--> <describe> <res>'
[ "${COMPREPLY[*]}" = "$expected" ] || { printf 'expected: %s\ngot:      %s\n' "$expected" "${COMPREPLY[*]}"; exit 1; }

# A program that knows no completion leaves the choice to file names.
chipcast() { echo 'unknown command' >&2; return 2; }
_chipcast
[ ${#COMPREPLY[@]} -eq 0 ]

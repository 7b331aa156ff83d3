#!/bin/sh
# Proves that wrong code does not compile: tests/compile_fail.sh FILE COMPILER [FLAG...]
#
# FILE is ordinary code in which every wrong line ends with `// error: REGEX`:
#
#     Seconds right(Bytes b, BytesPerSecond w) { return b / w; }  // OK
#     auto    wrong(Bytes b, BytesPerSecond w) { return b * w; }  // error: no match for|invalid operands
#
# Without its wrong lines the file must compile; with any one of them it must not, and a line of the compiler's
# error output must match REGEX (extended; give one alternative per compiler).
set -eu
file=$1
shift

# Everything but the wrong lines, except line $1. Blanked, not removed, so that line numbers hold.
# The remark goes too: compilers echo the line at fault, and the remark would match itself.
variant() {
  awk -v keep="$1" '/\/\/ error: / && NR != keep { print ""; next } { sub(/\/\/ error: .*/, ""); print }' "$file"
}
# run LINE COMPILER...: compiles the variant that keeps that line
run() {
  line=$1
  shift
  variant "$line" | LC_ALL=C "$@" -fsyntax-only -x c++ - 2>&1
}

if ! output=$(run 0 "$@"); then
  printf '%s\n%s: the right lines alone do not compile\n' "$output" "$file"
  exit 1
fi

failed=0
count=0
for line in $(awk '/\/\/ error: / { print NR }' "$file"); do
  count=$((count + 1))
  expected=$(sed -n "${line}s|.*// error: ||p" "$file")
  if output=$(run "$line" "$@"); then
    printf '%s:%s: compiles, but must not\n' "$file" "$line"
    failed=1
  elif ! printf '%s\n' "$output" | grep 'error: ' | grep -Eq -- "$expected"; then
    printf '%s\n%s:%s: fails, but not with: %s\n' "$output" "$file" "$line" "$expected"
    failed=1
  fi
done
if [ "$count" -eq 0 ]; then
  printf '%s: no line is marked // error: REGEX\n' "$file"
  exit 1
fi
exit "$failed"

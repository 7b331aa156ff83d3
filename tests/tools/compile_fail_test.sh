#!/bin/sh
# tests/compile_fail.sh accepts lines that do not compile and is not fooled by the others.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { "$root/tests/compile_fail.sh" "$work/x.cpp" "${CXX:-c++}" -std=c++20 >"$work/out" 2>&1; }
refuse() {  # refuse EXPECTED: the check fails and its output matches
  if check; then echo "accepted: $1"; exit 1; fi
  grep -q -- "$1" "$work/out" || { echo "no '$1' in:"; cat "$work/out"; exit 1; }
}

cat >"$work/x.cpp" <<'END'
struct A {};
int  right(int a) { return a; }  // OK
void wrong(A a) { int i = a; }   // error: cannot convert|no viable conversion
END
check || { cat "$work/out"; exit 1; }

echo 'int fine() { return 1; }  // error: cannot convert' >>"$work/x.cpp"
refuse 'x.cpp:4: compiles, but must not'

printf 'int wrong = undeclared;  // error: cannot convert\n' >"$work/x.cpp"
refuse 'x.cpp:1: fails, but not with: cannot convert'

printf 'int broken = ;\nint wrong = undeclared;  // error: undeclared\n' >"$work/x.cpp"
refuse 'the right lines alone do not compile'

printf 'int fine = 1;\n' >"$work/x.cpp"
refuse 'no line is marked'

#!/bin/bash
# tools/lib.sh installs exactly what is missing, and without root and sudo names it and exits 2. apt itself is played by a script.
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/tools" "$work/build"
cp "$root/tools/lib.sh" "$work/tools/"
printf '# a comment\nbuild: one two\nbuild: three\ntest: four\n' >"$work/tools/packages"

player() {  # player NAME: a command NAME whose body comes from standard input
  { echo '#!/bin/sh'; cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
player dpkg-query <<'END'
printf 'ii  one\nii  three\nrc  two\n'
exit 1
END
player apt-get <<END
echo "apt-get \$DEBIAN_FRONTEND \$*" >>"$work/calls"
END
player sudo <<'END'
exit 1
END

check() {  # check USER-ID GROUP...: code in $code, standard error in $err
  player id <<<"echo $1"
  shift
  code=0
  err=$(PATH=$work/bin:$PATH bash -c '. "$1/tools/lib.sh"; shift; need "$@"' tools/chipcast "$work" "$@" 2>&1 </dev/null) || code=$?
}
expect() {
  [ "$1" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1"; exit 1; }
}

check 1000 build
expect "$code" 2
expect "$err" "chipcast: error: some Debian packages are missing, and installing them takes root or sudo
  install them with: apt-get install --no-install-recommends two"
[ ! -e "$work/calls" ]

check 0 build test
expect "$code" 0
expect "$err" "installing four two ..."
expect "$(cat "$work/calls")" "apt-get noninteractive -y -q -o DPkg::Lock::Timeout=600 update
apt-get noninteractive -y -q -o DPkg::Lock::Timeout=600 install --no-install-recommends four two"

rm "$work/calls"
player dpkg-query <<'END'
printf 'ii  one\nii  three\nii  two\n'
END
check 1000 build
expect "$code" 0
expect "$err" ""
[ ! -e "$work/calls" ]

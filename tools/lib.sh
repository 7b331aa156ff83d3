# shellcheck shell=bash
# Shared by the scripts in tools/ and .ci/: install what is missing, configure and build once, quietly.
# Everything lives in build/ of the checkout; nothing is kept in the home folder.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$(basename "$0"): error: $1"
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 2
}

# packages GROUP... -> the names, one per line
packages() {
  local group
  for group in "$@"; do
    sed -n "s/^$group: *//p" "$root/tools/packages" | tr -s ' ' '\n'
  done
}

# missing_packages GROUP... -> those of them that are not installed, one per line
missing_packages() {
  local wanted
  mapfile -t wanted < <(packages "$@")
  # What is installed, and what that provides: a nodejs from elsewhere brings npm along.
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}, ${Provides}\n' 2>/dev/null |
      sed -n 's/^ii  *//p' | sed 's/ *([^)]*)//g' | tr -s ', ' '\n' | sort -u)
}

# as_root COMMAND... ; succeeds only where root or sudo is at hand
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    return 126
  fi
}

# quietly LOG COMMAND... : the output is shown only when the command fails
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 && return
  local code=$?
  cat "$log" >&2
  return $code
}

# need GROUP... : installs what is missing of these groups
need() {
  # Elsewhere than on Debian, CMake says by itself what it cannot find.
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! as_root true; then
    die "some Debian packages are missing, and installing them takes root or sudo" \
      "install them with: apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing ${missing[*]} ..."
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600)
  # Without a network the update fails, and the packages may still be in the cache.
  quietly "$root/build/apt-update.log" as_root "${apt[@]}" update || true
  quietly "$root/build/apt-install.log" as_root "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install ${missing[*]}"
}

# lock: one build at a time in this checkout, the others wait; unlock gives it back
lock() {
  mkdir -p "$root/build" 2>/dev/null && { exec 9>"$root/build/.lock"; } 2>/dev/null ||
    die "cannot write to $root/build" "run it as the owner of the checkout"
  flock 9
}
unlock() { exec 9>&-; }

# up_to_date PRESET: nothing that a build reads has changed since the last one that succeeded.
# Folders count too: their time changes when a file is added or removed. The stamp names the checkout, because a
# program that was built elsewhere looks for its data there.
up_to_date() {
  local stamp=$root/build/$1/.built
  [ -e "$stamp" ] && [ "$(<"$stamp")" = "$root" ] && [ -z "$(cd "$root" && find CMakeLists.txt CMakePresets.json src tests tools -name node_modules -prune -o -newer "$stamp" -print -quit)" ]
}

# build PRESET TARGET...
build() {
  local preset=$1 dir=$root/build/$1
  shift
  # A checkout that was moved or copied carries a cache that names the old place.
  if [ -e "$dir/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt"; then
    rm -rf "$dir"
  fi
  local ticker=
  if [ -e "$dir/.configured" ]; then
    # Short builds stay silent. The sleep holds neither our lock nor our output.
    { sleep 3 >/dev/null 2>&1 && say "building chipcast ..."; } 9>&- &
    ticker=$!
  else
    say "building chipcast ($preset, first time, about a minute) ..."
    mkdir -p "$dir"
  fi
  local code=0
  printf '%s\n' "$root" >"$dir/.building"
  if [ ! -e "$dir/.configured" ]; then
    (cd "$root" && quietly "$dir/configure.log" cmake --preset "$preset") && touch "$dir/.configured" || code=2
  fi
  if [ $code -eq 0 ]; then
    quietly "$dir/build.log" cmake --build "$dir" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" --target "$@" || code=2
  fi
  if [ -n "$ticker" ]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
  fi
  [ $code -eq 0 ] || die "chipcast ($preset) does not build" "the output stands above and in ${dir#"$root"/}"
  # The time the build started, not ended: what was edited meanwhile is built next time.
  mv "$dir/.building" "$dir/.built"
}

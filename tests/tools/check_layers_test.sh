#!/bin/sh
# tools/check_layers accepts a tidy tree and names each planted violation.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fresh: a small tree without violations
fresh() {
  rm -rf "$work/src"
  mkdir -p "$work/src/base" "$work/src/schema" "$work/src/ops" "$work/src/graph"
  cp "$root/src/layers.txt" "$root/src/libraries.txt" "$work/src/"
  printf '#include <vector>\n' >"$work/src/base/a.hpp"
  printf '#include "base/a.hpp"\n' >"$work/src/ops/b.hpp"
  printf '#include "ops/b.hpp"\n#include <boost/graph/adjacency_list.hpp>\n' >"$work/src/graph/c.cpp"
  printf '#include "base/a.hpp"\n#include <yaml-cpp/yaml.h>\n' >"$work/src/schema/d.cpp"
}
# plant FILE TEXT EXPECTED: with TEXT added to FILE the check fails and says EXPECTED
plant() {
  fresh
  mkdir -p "$(dirname "$work/$1")"
  printf '%b\n' "$2" >>"$work/$1"
  if output=$("$root/tools/check_layers" "$work"); then
    echo "accepted '$2' in $1"
    exit 1
  fi
  if [ "$output" != "$3" ]; then
    printf 'planted %s in %s\nexpected: %s\ngot:      %s\n' "$2" "$1" "$3" "$output"
    exit 1
  fi
}

fresh
"$root/tools/check_layers" "$work"

plant src/base/a.hpp '#include "schema/x.hpp"' \
  'src/base/a.hpp:2: error: src/base may not include src/schema, only nothing (src/layers.txt)'
plant src/ops/b.hpp '#  include "graph/x.hpp"' \
  'src/ops/b.hpp:2: error: src/ops may not include src/graph, only base (src/layers.txt)'
plant src/ops/b.hpp '#include "b.hpp"' \
  'src/ops/b.hpp:2: error: "b.hpp" does not start with a folder of src/layers.txt'
plant src/ops/b.hpp '#include "../graph/x.hpp"' \
  'src/ops/b.hpp:2: error: "../graph/x.hpp" does not start with a folder of src/layers.txt'
plant src/ops/b.hpp '#include <base/a.hpp>' \
  'src/ops/b.hpp:2: error: base/a.hpp is ours: include it with quotes'
plant src/misc/x.hpp '' \
  'src/misc/x.hpp: error: the folder stands not in src/layers.txt'

plant src/ops/x.cpp '#include <yaml-cpp/yaml.h>' \
  'src/ops/x.cpp:1: error: yaml-cpp/yaml.h belongs to src/schema (src/libraries.txt), not to src/ops'
plant src/ops/x.cpp '#include <boost/graph/graph_traits.hpp>' \
  'src/ops/x.cpp:1: error: boost/graph/graph_traits.hpp belongs to src/graph (src/libraries.txt), not to src/ops'
plant src/model/x.cpp '#include <Eigen/Dense>' \
  'src/model/x.cpp:1: error: Eigen/Dense belongs to src/validate (src/libraries.txt), not to src/model'
plant src/ops/x.cpp '#include <protozero/pbf_reader.hpp>' \
  'src/ops/x.cpp:1: error: protozero/pbf_reader.hpp belongs to src/import (src/libraries.txt), not to src/ops'
plant src/report/x.cpp '#include <CLI/CLI.hpp>' \
  'src/report/x.cpp:1: error: CLI/CLI.hpp belongs to src/cli (src/libraries.txt), not to src/report'
plant src/schema/x.hpp '#include <yaml-cpp/yaml.h>' \
  'src/schema/x.hpp:1: error: yaml-cpp/yaml.h is heavy (src/libraries.txt): include it in a .cpp file'
plant src/graph/x.hpp '#include "boost/graph/graph_traits.hpp"' \
  'src/graph/x.hpp:1: error: boost/graph/graph_traits.hpp is heavy (src/libraries.txt): include it in a .cpp file'

# A cycle is named file by file.
fresh
printf '#include "base/y.hpp"\n' >"$work/src/base/x.hpp"
printf '#include "base/z.hpp"\n' >"$work/src/base/y.hpp"
printf '#include "base/a.hpp"\n#include "base/x.hpp"\n' >"$work/src/base/z.hpp"
if output=$("$root/tools/check_layers" "$work"); then
  echo "accepted an include cycle"
  exit 1
fi
expected='src/base/x.hpp: error: include cycle: src/base/x.hpp -> src/base/y.hpp -> src/base/z.hpp -> src/base/x.hpp'
[ "$output" = "$expected" ] || { printf 'expected: %s\ngot:      %s\n' "$expected" "$output"; exit 1; }

# So is a table that would let folders include each other.
fresh
sed -i 's/^base *:/base : ops/' "$work/src/layers.txt"
if output=$("$root/tools/check_layers" "$work"); then
  echo "accepted a cycle in the table"
  exit 1
fi
[ "$output" = 'src/layers.txt: error: base names ops, which does not stand above it' ] || { echo "$output"; exit 1; }

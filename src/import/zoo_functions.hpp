// import/zoo_functions.hpp: what zoo expressions can compute: operators and functions on integers, reals, texts, lists.
//
//   make_divisible(32 * width, 8)     c if stride == 1 else 2 * c     depths[i]     ceil(n * depth)
//
// Division '/' is real, '//' and '%' round down as in Python; integers are checked, nothing wraps.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/zoo_program.hpp"

namespace chipcast::zoo {

// The result, or what is wrong with the operands.
struct Computed {
  Datum datum;
  std::string complaint;
};

struct Function {
  std::string_view name;
  int least_arguments;
  int most_arguments;
  Computed (*compute)(std::span<const Datum> arguments, Pool& pool);
};

const Function* find_function(std::string_view name);
std::vector<std::string> function_names();

Computed compute_binary(Expression::Kind kind, const Datum& a, const Datum& b);
Computed compute_negation(const Datum& a);
Computed compute_index(const Datum& list, const Datum& index);
std::optional<bool> truth(const Datum& datum);  // of a number
bool are_equal(const Datum& a, const Datum& b);

}  // namespace chipcast::zoo

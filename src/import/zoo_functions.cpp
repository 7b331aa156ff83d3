#include "import/zoo_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace chipcast::zoo {
namespace {

constexpr std::size_t longest_list = 10'000;

Computed refuse(std::string complaint) { return {{}, std::move(complaint)}; }
Computed too_large() { return refuse("the number is too large"); }
Computed integer(std::int64_t value) { return {{value}, {}}; }

std::optional<double> number(const Datum& datum) {
  if (const std::int64_t* i = datum.integer()) return static_cast<double>(*i);
  if (const double* r = datum.real()) return *r;
  return std::nullopt;
}

Computed real(double value) {
  if (!std::isfinite(value)) return refuse("the result is not a finite number");
  return {{value}, {}};
}

Computed to_integer(double value) {
  if (!(std::abs(value) < 0x1p62)) return too_large();
  return integer(static_cast<std::int64_t>(value));
}

Computed wants_number(const Datum& got) {
  return refuse(fmt::format("a number is wanted, not {}", kind_name(got)));
}

// ---- operators on integers; exact

Computed integer_binary(Expression::Kind kind, std::int64_t a, std::int64_t b) {
  using Kind = Expression::Kind;
  std::int64_t result = 0;
  switch (kind) {
    case Kind::add:
      return __builtin_add_overflow(a, b, &result) ? too_large() : integer(result);
    case Kind::subtract:
      return __builtin_sub_overflow(a, b, &result) ? too_large() : integer(result);
    case Kind::multiply:
      return __builtin_mul_overflow(a, b, &result) ? too_large() : integer(result);
    case Kind::divide:
      if (b == 0) return refuse("division by zero");
      return real(static_cast<double>(a) / static_cast<double>(b));
    case Kind::floor_divide:
    case Kind::modulo: {
      if (b == 0) return refuse("division by zero");
      if (b == -1) return kind == Kind::modulo ? integer(0) : integer_binary(Kind::subtract, 0, a);
      const std::int64_t toward_zero = a / b;
      const std::int64_t remainder = a % b;
      const bool rounds_down = remainder != 0 && (remainder < 0) != (b < 0);
      if (kind == Kind::modulo) return integer(rounds_down ? remainder + b : remainder);
      return integer(rounds_down ? toward_zero - 1 : toward_zero);
    }
    case Kind::power: {
      if (b < 0) return real(std::pow(static_cast<double>(a), static_cast<double>(b)));
      if (b > 63 && a != 0 && a != 1 && a != -1) return too_large();
      result = 1;
      for (std::int64_t i = 0; i < (b > 63 ? b % 2 + 2 : b); ++i) {
        if (__builtin_mul_overflow(result, a, &result)) return too_large();
      }
      return integer(result);
    }
    case Kind::less:
      return integer(a < b);
    case Kind::less_equal:
      return integer(a <= b);
    case Kind::greater:
      return integer(a > b);
    case Kind::greater_equal:
      return integer(a >= b);
    default:
      return refuse("not an operator");
  }
}

Computed real_binary(Expression::Kind kind, double a, double b) {
  using Kind = Expression::Kind;
  switch (kind) {
    case Kind::add:
      return real(a + b);
    case Kind::subtract:
      return real(a - b);
    case Kind::multiply:
      return real(a * b);
    case Kind::divide:
      return b == 0 ? refuse("division by zero") : real(a / b);
    case Kind::floor_divide:
      return b == 0 ? refuse("division by zero") : real(std::floor(a / b));
    case Kind::modulo:
      return b == 0 ? refuse("division by zero") : real(a - b * std::floor(a / b));
    case Kind::power:
      return real(std::pow(a, b));
    case Kind::less:
      return integer(a < b);
    case Kind::less_equal:
      return integer(a <= b);
    case Kind::greater:
      return integer(a > b);
    case Kind::greater_equal:
      return integer(a >= b);
    default:
      return refuse("not an operator");
  }
}

// ---- functions

using Arguments = std::span<const Datum>;

template <double (*Round)(double)>
Computed rounded(Arguments arguments, Pool&) {
  if (arguments[0].integer() != nullptr) return {arguments[0], {}};
  const std::optional<double> value = number(arguments[0]);
  return value ? to_integer(Round(*value)) : wants_number(arguments[0]);
}

Computed square_root(Arguments arguments, Pool&) {
  const std::optional<double> value = number(arguments[0]);
  if (!value) return wants_number(arguments[0]);
  return *value < 0 ? refuse("the root of a negative number") : real(std::sqrt(*value));
}

Computed natural_logarithm(Arguments arguments, Pool&) {
  const std::optional<double> value = number(arguments[0]);
  if (!value) return wants_number(arguments[0]);
  return *value <= 0 ? refuse("the logarithm of a number that is not positive") : real(std::log(*value));
}

Computed absolute(Arguments arguments, Pool&) {
  if (const std::int64_t* i = arguments[0].integer())
    return *i < 0 ? compute_negation(arguments[0]) : integer(*i);
  const std::optional<double> value = number(arguments[0]);
  return value ? real(std::abs(*value)) : wants_number(arguments[0]);
}

template <bool Largest>
Computed extreme(Arguments arguments, Pool&) {
  if (arguments.size() == 1 && arguments[0].list() != nullptr) arguments = *arguments[0].list();
  if (arguments.empty()) return refuse("the list is empty");
  const Datum* best = nullptr;
  for (const Datum& argument : arguments) {
    const std::optional<double> value = number(argument);
    if (!value) return wants_number(argument);
    if (best == nullptr || (Largest ? *value > *number(*best) : *value < *number(*best))) best = &argument;
  }
  return {*best, {}};
}

Computed sum(Arguments arguments, Pool&) {
  const List* list = arguments[0].list();
  if (list == nullptr) return refuse(fmt::format("a list is wanted, not {}", kind_name(arguments[0])));
  Computed total = integer(0);
  for (const Datum& item : *list) {
    total = compute_binary(Expression::Kind::add, total.datum, item);
    if (!total.complaint.empty()) break;
  }
  return total;
}

Computed length(Arguments arguments, Pool&) {
  const List* list = arguments[0].list();
  if (list == nullptr) return refuse(fmt::format("a list is wanted, not {}", kind_name(arguments[0])));
  return integer(static_cast<std::int64_t>(list->size()));
}

Computed range(Arguments arguments, Pool& pool) {
  for (const Datum& argument : arguments) {
    if (argument.integer() == nullptr)
      return refuse(fmt::format("an integer is wanted, not {}", kind_name(argument)));
  }
  const std::int64_t begin = arguments.size() == 2 ? *arguments[0].integer() : 0;
  const std::int64_t end = *arguments[arguments.size() - 1].integer();
  if (end > begin && static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin) > longest_list) {
    return refuse(fmt::format("a list has at most {} items", longest_list));
  }
  List list;
  for (std::int64_t i = begin; i < end; ++i) list.push_back({i});
  return {pool.list(std::move(list)), {}};
}

Computed zip(Arguments arguments, Pool& pool) {
  std::size_t count = longest_list;
  for (const Datum& argument : arguments) {
    if (argument.list() == nullptr)
      return refuse(fmt::format("a list is wanted, not {}", kind_name(argument)));
    if (&argument != arguments.data() && argument.list()->size() != count) {
      return refuse("the lists are not of the same length");
    }
    count = argument.list()->size();
  }
  List rows;
  for (std::size_t i = 0; i < count; ++i) {
    List row;
    for (const Datum& argument : arguments) row.push_back((*argument.list())[i]);
    rows.push_back(pool.list(std::move(row)));
  }
  return {pool.list(std::move(rows)), {}};
}

// To the nearest multiple of `divisor`, but never below 0.9 of the value: MobileNet's rule, which its heirs share.
Computed make_divisible(Arguments arguments, Pool&) {
  const std::optional<double> value = number(arguments[0]);
  if (!value) return wants_number(arguments[0]);
  const std::int64_t eight = 8;
  const std::int64_t* divisor = arguments.size() > 1 ? arguments[1].integer() : &eight;
  if (divisor == nullptr || *divisor < 1) return refuse("the divisor is not a positive integer");
  const std::int64_t* least = arguments.size() > 2 ? arguments[2].integer() : divisor;
  if (least == nullptr) return refuse("the least value is not an integer");
  const double step = static_cast<double>(*divisor);
  // Python's int(v + d / 2) // d * d
  const double nearest = std::floor(std::trunc(*value + step / 2) / step) * step;
  const double result = std::max(static_cast<double>(*least), nearest);
  return to_integer(result < 0.9 * *value ? result + step : result);
}

constexpr std::array functions = {
    Function{"abs", 1, 1, absolute},
    Function{"ceil", 1, 1, rounded<std::ceil>},
    Function{"floor", 1, 1, rounded<std::floor>},
    Function{"int", 1, 1, rounded<std::trunc>},
    Function{"len", 1, 1, length},
    Function{"log", 1, 1, natural_logarithm},
    Function{"make_divisible", 1, 3, make_divisible},
    Function{"max", 1, 8, extreme<true>},
    Function{"min", 1, 8, extreme<false>},
    Function{"range", 1, 2, range},
    Function{"round", 1, 1, rounded<std::nearbyint>},  // halves to even, as Python does
    Function{"sqrt", 1, 1, square_root},
    Function{"sum", 1, 1, sum},
    Function{"zip", 1, 8, zip},
};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : &*found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names = {"channels", "size"};
  for (const Function& function : functions) names.emplace_back(function.name);
  return names;
}

std::optional<bool> truth(const Datum& datum) {
  const std::optional<double> value = number(datum);
  if (!value) return std::nullopt;
  return *value != 0;
}

namespace {

// Lists may hold one list many times over, so what is compared is counted down.
bool are_equal_within(const Datum& a, const Datum& b, std::int64_t& budget) {
  if (--budget < 0) return false;
  if (const auto x = number(a)) {
    const auto y = number(b);
    return y && *x == *y;
  }
  if (a.text() != nullptr && b.text() != nullptr) return *a.text() == *b.text();
  if (a.list() == nullptr || b.list() == nullptr) return false;
  return std::ranges::equal(*a.list(), *b.list(),
                            [&](const Datum& x, const Datum& y) { return are_equal_within(x, y, budget); });
}

std::string format_within(const Datum& datum, int depth) {
  if (const std::int64_t* i = datum.integer()) return fmt::format("{}", *i);
  if (const double* r = datum.real()) return fmt::format("{}", *r);
  if (const std::string* text = datum.text()) return "'" + *text + "'";
  if (datum.list() == nullptr) return "nothing";
  constexpr std::size_t most_shown = 8;
  std::string items;
  for (const Datum& item : *datum.list()) {
    if (!items.empty()) items += ", ";
    const bool is_enough =
        depth > 2 || &item - datum.list()->data() >= static_cast<std::ptrdiff_t>(most_shown);
    items += is_enough ? "..." : format_within(item, depth + 1);
    if (is_enough) break;
  }
  return "[" + items + "]";
}

}  // namespace

bool are_equal(const Datum& a, const Datum& b) {
  std::int64_t budget = 100'000;
  return are_equal_within(a, b, budget);
}

Computed compute_binary(Expression::Kind kind, const Datum& a, const Datum& b) {
  if (kind == Expression::Kind::equal) return integer(are_equal(a, b));
  if (kind == Expression::Kind::not_equal) return integer(!are_equal(a, b));
  if (a.integer() != nullptr && b.integer() != nullptr)
    return integer_binary(kind, *a.integer(), *b.integer());
  const std::optional<double> x = number(a), y = number(b);
  if (!x) return wants_number(a);
  if (!y) return wants_number(b);
  return real_binary(kind, *x, *y);
}

Computed compute_negation(const Datum& a) {
  if (const std::int64_t* i = a.integer()) return integer_binary(Expression::Kind::subtract, 0, *i);
  const std::optional<double> value = number(a);
  return value ? real(-*value) : wants_number(a);
}

Computed compute_index(const Datum& list, const Datum& index) {
  if (list.list() == nullptr)
    return refuse(fmt::format("only a list can be indexed, not {}", kind_name(list)));
  if (index.integer() == nullptr)
    return refuse(fmt::format("an index is an integer, not {}", kind_name(index)));
  const auto count = static_cast<std::int64_t>(list.list()->size());
  const std::int64_t at = *index.integer() < 0 ? *index.integer() + count : *index.integer();
  if (at < 0 || at >= count) {
    return refuse(fmt::format("index {} is outside a list of {}", *index.integer(), count));
  }
  return {(*list.list())[static_cast<std::size_t>(at)], {}};
}

// ---- values as text

std::string format(const Datum& datum) { return format_within(datum, 0); }

std::string kind_name(const Datum& datum) {
  if (datum.integer() != nullptr) return "an integer";
  if (datum.real() != nullptr) return "a real number";
  if (datum.text() != nullptr) return "a text";
  return datum.list() != nullptr ? "a list" : "nothing";
}

Mark Family::mark(Origin origin) const {
  if (origin.line >= lines.size()) return {};
  Mark at = lines[origin.line].mark;
  if (lines[origin.line].is_verbatim) {
    at.column += origin.offset;
    at.length = origin.length;
  }
  return at;
}

}  // namespace chipcast::zoo

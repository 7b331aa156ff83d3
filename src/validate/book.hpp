// validate/book.hpp: the claims of a file so that one finds the others it must agree with.
//
//   Book book(claims, reference);
//   const Claim* energy = book.find("energy_per_inference", claim);   // of the same network on the same machine
//   book.machine(claim)->device, book.network(claim)->macs
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "validate/claim.hpp"
#include "validate/reference.hpp"

namespace chipcast {

struct Machine {
  const Device* device = nullptr;
  const OperatingPoint* point = nullptr;
};

struct Evaluated {
  Interval range;
  double value = 0;
  std::string derivation;
};

enum class Reach : std::uint8_t { table, file };  // where operands may stand

class Book {
 public:
  Book(std::span<const Claim> claims, const Reference& reference);

  std::span<const Claim> claims() const { return claims_; }

  // The claim of `metric` that goes with `like`: what one of them does not say may be anything; the same table goes
  // first, then whoever agrees in more. `of` names another model or variant. Null: there is none.
  const Claim* find(const std::string& metric, const Claim& like, const std::string& of = {},
                    Reach reach = Reach::file) const;
  // Nothing where an operand is missing or the dimension is not that of `claim`.
  std::optional<Evaluated> evaluate(const Formula& formula, const Claim& claim,
                                    Reach reach = Reach::file) const;

  // Null where the row names none, one that is unknown, or a variant.
  const NetworkFacts* network(const Claim& claim) const;
  std::optional<Machine> machine(const Claim& claim) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // metric, model, device

  std::span<const Claim> claims_;
  const Reference& reference_;
  std::map<Key, std::vector<std::size_t>> index_;
};

}  // namespace chipcast

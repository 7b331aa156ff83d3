// transform/keep.hpp: which operators are kept at a precision of their own, whatever the rest of the network runs at.
//
//   const std::vector<Keep> rules = {{Precision::fp32, "softmax"}, {Precision::fp16, "first"}};
//   Result<KeptOperators> kept = keep(complexity, rules);
//   kept->precisions[row]               // fp32; nothing where that of the rest holds
//
// A pattern is the name of an operator, of a kind of operators (LayerNormalization or layer_normalization) or of a class
// of them (softmax, depthwise_convolution), in which * and ? stand for any characters: all that is called so is kept.
// `first` and `last` are the operators that multiply with stored weights first and last.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/complexity.hpp"
#include "hardware/device.hpp"

namespace chipcast {

struct Keep {
  Precision precision = Precision::fp32;
  std::string pattern;
};

// The precisions of rules, each once.
std::vector<Precision> precisions_of(std::span<const Keep> rules);

struct KeptOperators {
  std::vector<std::optional<Precision>>
      precisions;             // by row of Complexity::operators; empty: nothing is kept
  std::vector<bool> is_used;  // by rule: whether it names anything in this network
};

// An operator that two rules keep at different precisions is a diagnostic.
Result<KeptOperators> keep(const Complexity& complexity, std::span<const Keep> rules);

// That a rule names nothing, with what it may have meant.
Diagnostic names_nothing(const Complexity& complexity, const Keep& rule);

}  // namespace chipcast

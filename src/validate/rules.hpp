// validate/rules.hpp: the rules of the audit; each adds what it finds.
//
//   for (const Rule rule : rules) rule(book, findings);          // the list is in audit.cpp
#pragma once

#include <vector>

#include "validate/audit.hpp"
#include "validate/book.hpp"

namespace chipcast {

using Findings = std::vector<Finding>;
using Rule = void (*)(const Book&, Findings&);

// Against the machine (machine_rules.cpp).
void check_peak(const Book& book, Findings& findings);
void check_bandwidth(const Book& book, Findings& findings);
void check_power(const Book& book, Findings& findings);

// Against the network's own graph (network_rules.cpp).
void check_counts(const Book& book, Findings& findings);
void check_activations(const Book& book, Findings& findings);
void check_size(const Book& book, Findings& findings);

// Against each other (formula_rules.cpp, sibling_rules.cpp).
void check_formulas(const Book& book, Findings& findings);
void check_scores(const Book& book, Findings& findings);
void check_repeats(const Book& book, Findings& findings);
void check_siblings(const Book& book, Findings& findings);
void check_kernels(const Book& book, Findings& findings);
void check_one_rate(const Book& book, Findings& findings);

// Samples per second that a latency or a throughput amounts to; a batch that is not stated counts as one.
// Nothing for other metrics.
std::optional<Interval> samples_per_second(const Claim& claim);

// Of the machine that the row names, at its precision or the usual one.
std::optional<double> peak_flops_per_second(const Book& book, const Claim& claim);

// "off by 10^3: a unit prefix" for factors that have a usual reason; empty for others.
std::string cause_of_factor(double factor);

}  // namespace chipcast

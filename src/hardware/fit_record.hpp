// hardware/fit_record.hpp: what calibration files of all kinds say of a fit: its coefficients and how far off it was.
//
//   for (const Value& item : list.items()) errors.push_back(read_fit_error(item));
//   text += to_yaml(errors);
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schema/reading.hpp"

namespace chipcast {

struct Coefficient {
  std::string path;                     // as visit_figures names it
  double value = 0, low = 0, high = 0;  // in base units; the 90% interval
};

// How estimates compared with rows, by what of the row the fit had not seen.
struct FitError {
  std::string
      left_out;  // "nothing", "network", "family", "device"; "everything": data sheets and priors alone
  std::size_t rows = 0;
  double mape = 0, median_log_ratio = 0;
  double margin = 0;  // nine rows in ten are off by less, as a logarithm of the ratio
};

Coefficient read_coefficient(const Value& item);
FitError read_fit_error(const Value& item);
const FitError* find_error(std::span<const FitError> errors,
                           std::string_view left_out);  // null: there is none

std::string to_yaml_map(const FitError& error);                  // "{left_out: network, ...}"
std::string to_yaml(std::span<const Coefficient> coefficients);  // with the line "coefficients:"
std::string to_yaml(std::span<const FitError> errors);           // with the line "errors:"

}  // namespace chipcast

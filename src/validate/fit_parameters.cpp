#include "validate/fit_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "hardware/figures.hpp"

namespace chipcast {
namespace {

// How far a device is believed to lie from its data sheet: a peak is known best.
constexpr double compute_deviation = 0.12;
// Boards clock GPUs as power and cooling allow: up to a third over or under what the data sheet's boost gives.
constexpr double gpu_compute_deviation = 0.3;
constexpr double memory_deviation = 0.4;
constexpr double dispatch_deviation = 0.3;
// How far a precision is from its share of the peak, everywhere and on each device: what a library makes of
// instructions for narrow products, such as dot products of bytes, depends on which of them the device has.
constexpr double precision_deviation = 0.2, device_precision_deviation = 0.4;
// A figure that may be zero moves on a logarithmic scale from here.
constexpr double offset_of_zero = 0.1;

// A library that is good at one kind of product is likely good at the others; what is no product has little in common.
std::string alike(std::string_view path) {
  constexpr std::string_view priors = ".priors.";
  const std::size_t at = path.find(priors);
  if (at == std::string_view::npos) return "";
  const std::string_view kind = path.substr(at + priors.size(), path.rfind('.') - at - priors.size());
  const bool is_of_product =
      kind.ends_with("convolution") || kind == "dense" || kind == "attention" || kind == "recurrent";
  return is_of_product ? std::string(path.substr(path.rfind('.') + 1)) : "";
}

// Every assumed figure of the execution.
void add_figures(Runtime& runtime, DeviceKind kind, std::vector<FitParameter>& parameters) {
  const std::string wanted = fmt::format("on.{}.", name(kind));
  visit_figures(runtime, [&](const std::string& path, auto& figure) {
    using Q = std::remove_cvref_t<decltype(figure.value)>;
    if (!path.starts_with(wanted) || !figure.is_assumed() || !figure.low || !figure.high) return;
    const auto number = [](const Q& amount) {
      if constexpr (std::is_same_v<Q, double>) {
        return amount;
      } else {
        return static_cast<double>(amount.in_base_units());
      }
    };
    const double least = number(*figure.low), most = number(*figure.high);
    const bool is_share = path.ends_with("efficiency") || path.ends_with("parallel_fraction");
    const double offset = least <= 0 ? offset_of_zero : 0;
    // A share moves on the scale of its odds, another figure on that of its logarithm.
    const auto to_parameter = [=](double v) {
      if (is_share) {
        const double share = std::clamp(v, 0.001, 0.995);
        return std::log(share / (1 - share));
      }
      return std::log(v + offset);
    };
    const auto to_amount = [=](double x) {
      if (is_share) return 1 / (1 + std::exp(-x));
      return std::max(std::exp(x) - offset, 0.0);
    };
    // The range is taken for nine in ten.
    const double deviation = std::abs(to_parameter(most) - to_parameter(least)) / (2 * normal_90);
    if (!(deviation > 0)) return;
    const auto set = [&figure, to_amount](double x) {
      if constexpr (std::is_same_v<Q, double>) {
        figure.value = to_amount(x);
      } else {
        figure.value = Q::from_base_units(to_amount(x));
      }
    };
    parameters.push_back({path, alike(path), to_parameter(number(figure.value)), deviation, set, to_amount});
  });
}

void add_scales(Fitted& fitted, DeviceKind kind, const std::set<std::string>& devices,
                const std::vector<Precision>& used, std::vector<FitParameter>& parameters) {
  const auto amount = [](double x) { return std::exp(x); };
  for (const std::string& id : devices) {
    Scale& scale = fitted.devices[id];
    const auto add = [&](double& part, double deviation) {
      parameters.push_back({"", "", 0, deviation, [&part](double x) { part = std::exp(x); }, amount});
    };
    add(scale.compute, kind == DeviceKind::gpu ? gpu_compute_deviation : compute_deviation);
    add(scale.memory, memory_deviation);
    add(scale.dispatch, dispatch_deviation);
  }
  // The first is the widest; the others may lie off its share of the peak, everywhere and on each device.
  for (std::size_t i = 1; i < used.size(); ++i) {
    const auto precision = static_cast<std::size_t>(used[i]);
    double& everywhere = fitted.precisions[precision];
    parameters.push_back(
        {"", "", 0, precision_deviation, [&everywhere](double x) { everywhere = std::exp(x); }, amount});
    for (const std::string& id : devices) {
      double& here = fitted.devices[id].precisions[precision];
      parameters.push_back(
          {"", "", 0, device_precision_deviation, [&here](double x) { here = std::exp(x); }, amount});
    }
  }
}

}  // namespace

std::vector<FitParameter> parameters_of(Runtime& runtime, DeviceKind kind,
                                        const std::set<std::string>& devices,
                                        const std::vector<Precision>& used) {
  std::vector<FitParameter> parameters;
  add_figures(runtime, kind, parameters);
  add_scales(*runtime.executions[static_cast<std::size_t>(kind)]->fitted, kind, devices, used, parameters);
  return parameters;
}

}  // namespace chipcast

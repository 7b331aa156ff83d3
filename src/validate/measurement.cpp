#include "validate/measurement.hpp"

#include <fmt/format.h>

namespace chipcast {

std::string_view name(Metric metric) {
  switch (metric) {
    case Metric::latency:
      return "latency";
    case Metric::throughput:
      return "throughput";
    case Metric::energy:
      return "energy";
    case Metric::power:
      return "power";
  }
  return "";
}

std::string_view name(Use use) { return use == Use::fit ? "fit" : "check"; }

std::string timing_key(const Measurement& m) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", m.source, m.run, m.device, m.operating_point,
                     m.runtime, m.threads, m.model, name(m.precision), m.batch);
}

std::string key_of(const Measurement& m) {
  return fmt::format("{}\n{}\n{}", timing_key(m), name(m.metric), name(m.boundary));
}

}  // namespace chipcast

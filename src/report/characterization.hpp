// report/characterization.hpp: networks on targets, estimated once, for all sections of a report.
//
//   const Characterization c(plan, std::move(networks), targets);
//   c.at(2, 0).latency                     // the third network on the first target, at the plan's first batch
//   c.at_batch(2, 0, 32), c.on(2, 0, *c.with_precision(0, Precision::int8))
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/estimate.hpp"
#include "report/describe.hpp"
#include "report/estimate.hpp"
#include "report/plan.hpp"
#include "validate/validation.hpp"

namespace chipcast::report {

// What others measured of the same networks on the same devices, and the estimates of that.
struct Measured {
  std::vector<Measurement> rows;  // `validation` points into these
  std::vector<MeasurementSource> sources;
  Validation validation;
};

class Characterization {
 public:
  // The plan's names must be checked; all but the networks and their families must outlive this.
  Characterization(const Plan& plan, std::vector<Network> networks, std::vector<std::string> families,
                   std::span<const Target> targets, const Measured& measured);

  const Plan& plan() const { return *plan_; }
  std::span<const Network> networks() const { return networks_; }
  const std::string& family(std::size_t network) const { return families_[network]; }
  std::span<const Target> targets() const { return targets_; }
  const Measured& measured() const { return *measured_; }
  const Network& baseline() const { return networks_[baseline_]; }
  std::size_t baseline_index() const { return baseline_; }

  const Estimate& at(std::size_t network, std::size_t target) const {
    return estimates_[network * targets_.size() + target];
  }
  const Workload& workload(std::size_t network, std::size_t target) const;
  Estimate at_batch(std::size_t network, std::size_t target, std::int64_t batch) const;
  // The same device and runtime at another precision; nothing where that cannot be run.
  std::optional<Target> with_precision(std::size_t target, Precision precision) const;
  Estimate on(std::size_t network, std::size_t target, const Target& variant) const;

  // Of a network; nothing where the plan gives none.
  std::optional<double> accuracy(std::size_t network) const;
  std::vector<std::size_t> targets_of(const Scenario& scenario) const;
  std::vector<Estimated> rows() const;  // every network on every target

 private:
  const Plan* plan_;
  std::vector<Network> networks_;
  std::vector<std::string> families_;
  std::span<const Target> targets_;
  const Measured* measured_;
  std::size_t baseline_ = 0;
  std::map<std::pair<std::size_t, std::string>, Workload> workloads_;  // by network and runtime
  std::vector<Estimate> estimates_;
};

// "kpu_t2 is datasheet only, rpi5 calibrated on others": what the estimates rest on.
std::string bases(const Characterization& characterization);

// What tables call the derivation of an estimate.
std::string derivation_key(std::size_t network, std::size_t target);

// What a page and its data files say: the sections that the plan names, in its order, and the derivations that their
// tables name.
Page page_of(const Characterization& characterization);

}  // namespace chipcast::report

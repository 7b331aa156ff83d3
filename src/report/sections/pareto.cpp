#include <fmt/format.h>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

using Numbers = std::vector<std::optional<double>>;

Numbers accuracies(const Characterization& c) {
  Numbers all;
  for (std::size_t n = 0; n < c.networks().size(); ++n) all.push_back(c.accuracy(n));
  return all;
}

Value value_of(std::optional<double> number) { return number ? Value(*number) : Value(); }

Table front_table(const Characterization& c, std::size_t t) {
  const Numbers accuracy = accuracies(c);
  Numbers latency, energy;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    latency.emplace_back(in(c.at(n, t).latency, second));
    const auto joules = energy_per_inference(c.at(n, t));
    energy.push_back(joules ? std::optional(in(*joules, joule)) : std::nullopt);
  }
  const std::vector<bool> fast = pareto_front(accuracy, latency), frugal = pareto_front(accuracy, energy);
  Table table{.key = {},
              .title = "Accuracy",
              .columns = {{"model", "network"},
                          {"accuracy", c.plan().accuracy_of, Unit::share},
                          {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
                          {"latency_front", "on the front of latency"},
                          {"energy_j", "energy", Unit::joules, 0, Audience::everybody, true},
                          {"energy_front", "on the front of energy"}},
              .rows = {}};
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    table.rows.push_back({c.networks()[n].name, value_of(accuracy[n]), value_of(latency[n]), bool(fast[n]),
                          value_of(energy[n]), bool(frugal[n])});
    derive(table, n, t, {"latency_s", "energy_j"});
  }
  const auto chart = [](const std::string& title, const std::string& x, const std::string& front) {
    return Chart{.kind = Chart::Kind::points,
                 .title = title,
                 .label = "model",
                 .series = {"accuracy"},
                 .x = x,
                 .marked = front,
                 .log_x = true};
  };
  table.charts = {chart("Accuracy over latency", "latency_s", "latency_front"),
                  chart("Accuracy over the energy of an inference", "energy_j", "energy_front")};
  return table;
}

Table size_table(const Characterization& c) {
  const Numbers accuracy = accuracies(c);
  Numbers size;
  for (const Network& network : c.networks()) size.emplace_back(in(network.complexity.model_bytes, byte));
  const std::vector<bool> small = pareto_front(accuracy, size);
  Table table{.key = "size",
              .title = "Accuracy and size",
              .columns = {{"model", "network"},
                          {"accuracy", c.plan().accuracy_of, Unit::share},
                          {"model_bytes", "weights in fp32", Unit::bytes},
                          {"size_front", "on the front"}},
              .rows = {}};
  for (std::size_t n = 0; n < c.networks().size(); ++n)
    table.rows.push_back({c.networks()[n].name, value_of(accuracy[n]), c.networks()[n].complexity.model_bytes,
                          bool(small[n])});
  table.charts = {{.kind = Chart::Kind::points,
                   .title = "Accuracy over size",
                   .label = "model",
                   .series = {"accuracy"},
                   .x = "model_bytes",
                   .marked = "size_front",
                   .log_x = true}};
  return table;
}

}  // namespace

Report pareto_section(const Characterization& c) {
  const Source& source = c.plan().accuracy_source;
  Report report;
  if (c.plan().accuracies.empty()) {
    report.lead = {"The report gives no accuracies."};
    return report;
  }
  report.lead = {fmt::format(
      "A network is on the front where no other is at least as accurate and cheaper. {}: {}, {}{}.",
      c.plan().accuracy_of, source.title, source.page, source.date.empty() ? "" : " (" + source.date + ")")};
  add_by_device(report, c, "", [&](std::size_t t) { return front_table(c, t); });
  report.parts.emplace_back(size_table(c));
  report.notes = {
      "Accuracy is that of the published weights in their own precision; what a lower one costs is not "
      "modelled."};
  return report;
}

}  // namespace chipcast::report

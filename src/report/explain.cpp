#include "report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "report/estimate.hpp"
#include "report/figures.hpp"
#include "report/numbers.hpp"
#include "report/operator_tiles.hpp"

namespace chipcast::report {
namespace {

std::string amount(double number, std::string_view unit) { return format_scaled(number, unit); }
template <class Q>
std::string amount(Q quantity) {
  return text(Value(quantity), unit_of<Q::dimension>());
}

class Explainer {
 public:
  Explainer(const ExplainInput& input, std::size_t group)
      : network_(input.network),
        target_(input.target.at(input.workload.groups[group].target)),
        of_all_(input.target),
        estimate_(input.estimate),
        work_(input.workload.groups[group]),
        fused_(input.workload.fusion.groups[group]),
        is_(input.estimate.groups[group]),
        kind_(target_.nominal.kinds[static_cast<std::size_t>(work_.kind)]) {}

  Report run() {
    Report report{.title = fmt::format("{} in {} on {}, {}, {}, batch {}", work_.name, network_.name,
                                       device_text(target_), target_.runtime->id, precision_text(of_all_),
                                       estimate_.batch),
                  .caveat = std::string(basis_of(target_)),
                  .csv = "steps"};
    add_totals(report);
    report.parts.emplace_back(members());
    report.parts.emplace_back(tensors());
    Steps steps = this->steps();
    report.parts.emplace_back(std::move(steps.table));
    add_tiles(report);
    report.parts.emplace_back(figures_table(target_, steps.figures));
    report.notes = of_all_.reasons;
    if (!of_all_.kept.empty())
      report.notes.push_back(fmt::format("This kernel runs at {}.", precision_text(target_)));
    if (work_.converted > 0) report.notes.push_back(conversion_text());
    report.notes.emplace_back("Tensors and operations in the upper tables are those of one sample.");
    return report;
  }

  Steps steps() {
    add_compute();
    add_memory();
    add_total();
    add_energy();
    return std::move(steps_);
  }

 private:
  void add_totals(Report& report) const {
    report.parts.emplace_back(field("latency_s", "time", is_.total));
    report.parts.emplace_back(
        Field{"latency_share", "of the network's", is_.total / network_time(), Unit::share});
    report.parts.emplace_back(Field{"bound", "bound", name(is_.bound)});
  }

  Seconds network_time() const {
    Seconds total;
    for (const GroupEstimate& group : estimate_.groups) total += group.total;
    return total;
  }

  std::string conversion_text() const {
    return fmt::format(
        "It takes {} values of one sample from or to other precisions, an operation each. Those that are "
        "stored at "
        "another width than {} bits count as so many more or fewer elements.",
        format_count(static_cast<std::int64_t>(work_.converted)), target_.activation_bits);
  }

  Table members() const {
    Table table{.key = "members",
                .title = "What runs as one kernel",
                .columns = {{"operator", "operator"},
                            {"kind", "kind"},
                            {"let_in_by", "let in by"},
                            {"macs", "MACs", Unit::macs},
                            {"flops", "FLOPs", Unit::flops},
                            {"transcendentals", "transc.", Unit::count, 1},
                            {"output_shape", "output", Unit::none, 2}},
                .rows = {}};
    for (std::size_t i = 0; i < fused_.rows.size(); ++i) {
      const OperatorComplexity& row = network_.complexity.operators[fused_.rows[i]];
      const std::string rule = fused_.let_in_by[i] ? std::string(name(*fused_.let_in_by[i])) : "begins it";
      table.rows.push_back({row.name, row.kind, rule, row.cost.macs, row.cost.flops, row.cost.transcendentals,
                            row.output_shape});
    }
    return table;
  }

  Table tensors() const {
    Table table{.key = "tensors",
                .title = "What it reads and writes",
                .columns = {{"tensor", "tensor"},
                            {"role", "role"},
                            {"shape", "shape"},
                            {"elements", "elements", Unit::count}},
                .rows = {}};
    const auto add = [&](TensorId id, std::string_view role) {
      const Tensor& tensor = network_.graph.tensor(id);
      table.rows.push_back({tensor.name, role, tensor.type.shape, tensor.type.shape.elements()});
    };
    for (const TensorId id : fused_.reads) {
      const Tensor& tensor = network_.graph.tensor(id);
      add(id, !tensor.is_constant ? "reads" : tensor.is_absorbed ? "folded" : "weights");
    }
    for (const TensorId id : fused_.writes) add(id, "writes");
    return table;
  }

  void step(const std::string& term, const std::string& formula, const std::string& numbers,
            const Value& result, Unit unit) {
    add_step(steps_.table, term, formula, numbers, result, unit);
  }

  void use(const std::string& path) { steps_.figures.insert(path); }
  void use_engine(std::size_t index, std::string_view what) {
    use(fmt::format("engines.{}.{}", target_.device->engines[index].name, what));
  }
  void use_level(std::size_t index, std::string_view what) {
    use(fmt::format("memory.{}.{}", target_.device->memory[index].name, what));
  }
  std::string runtime_path(std::string_view what) const {
    return fmt::format("on.{}.{}", name(target_.device->kind), what);
  }
  std::string prior_path(std::string_view what) const {
    return runtime_path(fmt::format("priors.{}.{}", name(work_.kind), what));
  }

  // ---- the time in the engines

  void add_peak() {
    const std::size_t engine = target_.product_engine;
    const Device& device = *target_.device;
    const Precision runs_as = target_.runs_as(work_.kind);
    const auto precision = static_cast<std::size_t>(runs_as);
    std::string numbers;
    for (std::size_t i = 0; i < device.engines.size(); ++i) {
      const Engine& e = device.engines[i];
      if ((i != engine && e.joins != engine) || !e.flops_per_cycle[precision]) continue;
      for (const char* what : {"count", "clock"}) {
        use_engine(i, what);
        use(fmt::format("operating_points.{}.{}s.{}", target_.point->name, what, e.name));
      }
      use_engine(i, fmt::format("flops_per_cycle.{}", name(runs_as)));
      numbers +=
          fmt::format("{}{:.4g} {} x {:.4g} FLOP x {}", numbers.empty() ? "" : " + ",
                      unit_count(device, i, *target_.point), e.name, e.flops_per_cycle[precision]->value,
                      amount(in(clock(device, i, *target_.point), hertz), "Hz"));
    }
    const FlopsPerSecond peak = joint_peak_rate(device, engine, runs_as, *target_.point);
    step("peak", "count x FLOPs a cycle x clock", numbers, peak, Unit::flops_per_second);
    const double efficiency = target_.execution->prior(work_.kind).efficiency.value;
    const double parallel = kind_.rate / (efficiency * peak);
    use(prior_path("efficiency"));
    use(runtime_path("parallel_fraction"));
    step("rate of products",
         target_.margin ? "peak x efficiency x share that runs in parallel and that calibration found"
                        : "peak x efficiency x share that runs in parallel",
         fmt::format("{} x {:.3g} x {:.3g}", amount(peak), efficiency, parallel), kind_.rate,
         Unit::flops_per_second);
  }

  void add_padding() {
    const Product& p = work_.product;
    step("product", "stacked matrix products m x k times k x n, of one sample",
         fmt::format("{} of m = {}, n = {}, k = {}; batch {}", format_count(p.stack), format_count(p.m),
                     format_count(p.n), format_count(p.k), estimate_.batch),
         Value(is_.products), Unit::flops);
    const Engine& engine = target_.device->engines[target_.product_engine];
    const bool is_diagonal = engine.kind == EngineKind::systolic && p.stack > 1;
    step("filled share",
         is_diagonal ? "m, n, k over their multiples of the native tile, of several along its diagonal where "
                       "that is more"
                     : "m, n, k over their multiples of the native tile",
         fmt::format("tile {} x {} x {}", engine.tile_m, engine.tile_n, engine.tile_k), Value(is_.padding),
         Unit::share);
    for (const char* what : {"half_rows", "half_columns", "half_depth"}) use(runtime_path(what));
    step("shape share", "1 / ((1 + half_rows / m)(1 + half_columns / n)(1 + half_depth / k))",
         fmt::format("halves {:.3g}, {:.3g}, {:.3g}", target_.nominal.half_rows, target_.nominal.half_columns,
                     target_.nominal.half_depth),
         Value(is_.shape), Unit::share);
    if (const double saved = work_.winograd[target_.nominal.winograd]; saved > 1) {
      step("Winograd",
           "multiplications saved: 9 t^2 / (t + 2)^2 x share of the tiles that is filled, the best t",
           fmt::format("t up to {}", target_.execution->winograd_tile), Value(saved), Unit::ratio);
    }
  }

  void add_threads() {
    use(prior_path("half_cycles"));
    use_engine(target_.product_engine, "clock");
    const Seconds ramp_of_one = is_.ramp / is_.threads;
    if (target_.nominal.threads > 1) {
      step("threads", "sqrt(work x all / ramp of one), 1 to all: each adds to what fork and join take",
           fmt::format("sqrt({} x {:.3g} / {})", amount(is_.work), target_.nominal.threads,
                       amount(ramp_of_one)),
           Value(is_.threads), Unit::none);
    }
    step("ramp", "half_cycles / clock x kernels x threads",
         fmt::format("{:.4g} / {} x {:.4g} x {:.4g}", target_.execution->prior(work_.kind).half_cycles.value,
                     amount(in(clock(*target_.device, target_.product_engine, *target_.point), hertz), "Hz"),
                     work_.repeats, is_.threads),
         is_.ramp, Unit::seconds);
  }

  void add_compute() {
    if (is_.products > 0) {
      add_peak();
      add_padding();
    }
    step("other operations", "(FLOPs beside products + 12 x transcendentals) x batch",
         fmt::format("({} + 12 x {}) x {}", amount(work_.flops, ""), amount(work_.transcendentals, ""),
                     estimate_.batch),
         Value(is_.rest), Unit::flops);
    std::string numbers;
    if (is_.products > 0) {
      numbers = fmt::format("{} / {} + ", amount(is_.products, "FLOP"), amount(is_.rate));
    }
    step("work", "products / (filled share x shape share x Winograd x rate) + others / vector rate",
         fmt::format("{}{} / {}", numbers, amount(is_.rest, "FLOP"), amount(kind_.vector_rate)), is_.work,
         Unit::seconds);
    if (is_.idle > Seconds()) {
      use(runtime_path("half_outputs"));
      step("idle units", "products / rate, with the rows of one sample, x half_outputs x units / outputs",
           fmt::format("{:.3g} for {:.3g} units", target_.nominal.half_outputs, target_.units), is_.idle,
           Unit::seconds);
    }
    add_threads();
    step("compute", "work x all threads / threads + idle units + ramp",
         fmt::format("{} x {:.3g} / {:.3g} + {} + {}", amount(is_.work), target_.nominal.threads, is_.threads,
                     amount(is_.idle), amount(is_.ramp)),
         is_.compute, Unit::seconds);
  }

  // ---- the time in the memories

  void add_memory() {
    const std::size_t last = target_.device->memory.size() - 1;
    use_level(last, "bandwidth");
    use(runtime_path("bandwidth_efficiency"));
    step("weight bytes", "elements x bits / 8",
         fmt::format("{} x {} / 8", amount(work_.weight_elements, ""), target_.weight_bits),
         Value(is_.weight_bytes), Unit::bytes);
    step("activation bytes", "((elements read + written) x bits / 8 + bytes of indices and masks) x batch",
         fmt::format("(({} + {}) x {} / 8 + {}) x {}", amount(work_.activation_elements_read, ""),
                     amount(work_.activation_elements_written, ""), target_.activation_bits,
                     amount(work_.fixed_bytes, "B"), estimate_.batch),
         Value(is_.activation_bytes), Unit::bytes);
    if (!target_.caches.empty()) {
      use(runtime_path("cache_efficiency"));
      std::string ratios;
      for (const Cache& cache : target_.caches) {
        for (const char* what : {"capacity", "instances", "bandwidth"}) use_level(cache.level, what);
        ratios += fmt::format("{}{} / {}", ratios.empty() ? "x = " : ", ",
                              amount(is_.weight_bytes + is_.activation_bytes, "B"), amount(cache.capacity));
      }
      if (target_.execution->streams_activations) {
        step("activations off chip", "none: rows go from layer to layer as they are made", "",
             Value(is_.share_off_chip), Unit::share);
      } else {
        step("activations off chip",
             "product over the levels of x^4 / (1 + x^4), x = this group's bytes / capacity", ratios,
             Value(is_.share_off_chip), Unit::share);
      }
      step("weights off chip", "likewise, x = the network's weights / capacity of the outermost",
           fmt::format("x = {} / {}", amount(estimate_.weights), amount(target_.on_chip_capacity())),
           Value(estimate_.weights_off_chip), Unit::share);
    }
    if (is_convolution(work_.kind)) {
      use(runtime_path("activation_passes"));
      use(runtime_path("weight_passes"));
      step("bytes moved", "activations x (1 + activation passes) + weights x (1 + weight passes)",
           fmt::format("{} x (1 + {:.3g}) + {} x (1 + {:.3g})", amount(is_.activation_bytes, "B"),
                       target_.nominal.activation_passes, amount(is_.weight_bytes, "B"),
                       target_.nominal.weight_passes),
           Value(target_.caches.empty() ? is_.bytes_off_chip : is_.bytes_on_chip), Unit::bytes);
    }
    step("off chip", "bytes / (bandwidth x efficiency)",
         fmt::format("{} / {}", amount(is_.bytes_off_chip, "B"), amount(target_.nominal.off_chip)),
         is_.memory_off_chip, Unit::seconds);
    if (!target_.caches.empty()) {
      std::string rates;
      for (std::size_t i = 0; i < target_.caches.size(); ++i) {
        rates += fmt::format("{}{} from {}", rates.empty() ? "" : ", ", amount(target_.nominal.on_chip[i]),
                             target_.device->memory[target_.caches[i].level].name);
      }
      step("on chip", "bytes that stay, each at the rate of the level that holds them", rates,
           is_.memory_on_chip, Unit::seconds);
    }
  }

  void add_total() {
    use(runtime_path("dispatch"));
    use("host_speed");
    const double host = target_.device->host_speed ? target_.device->host_speed->value : 1;
    step("dispatch", "dispatch / host speed x kernels",
         fmt::format("{} / {:.3g} x {:.4g}", amount(target_.execution->dispatch.value), host, work_.repeats),
         is_.dispatch, Unit::seconds);
    step("time", "dispatch + (compute^4 + (off chip + on chip)^4)^(1/4)",
         fmt::format("{} + ({}^4 + ({} + {})^4)^(1/4)", amount(is_.dispatch), amount(is_.compute),
                     amount(is_.memory_off_chip), amount(is_.memory_on_chip)),
         is_.total, Unit::seconds);
  }

  void add_energy() {
    if (!target_.energy_unknown.empty()) {
      step("energy", "unknown", fmt::format("no {}", target_.energy_unknown), Value(), Unit::joules);
      return;
    }
    const std::size_t last = target_.device->memory.size() - 1;
    use_engine(target_.product_engine, fmt::format("energy_per_flop.{}", name(target_.product_runs_as)));
    use_level(last, "energy");
    if (!target_.caches.empty()) use_level(target_.caches.back().level, "energy");
    use("idle_power");
    use("busy_power");
    const Energy energy = energy_of({is_.products, is_.rest, is_.bytes_off_chip, is_.bytes_on_chip}, target_,
                                    is_.total, PowerBoundary::package);
    step("energy", "operations + bytes off chip + on chip, each by its own, + idle and busy power x time",
         fmt::format("{} + {} + {} + {} + {}", amount(energy.compute), amount(energy.off_chip),
                     amount(energy.on_chip), amount(energy.idle), amount(energy.busy)),
         energy.total(), Unit::joules);
  }

  // ---- the nest and its tiles

  // Of the main operator's heaviest nest, at the batch that the graph is shaped with.
  void add_tiles(Report& report) const {
    const auto tiles = tiles_of(network_, fused_.main, target_);
    if (!tiles) return;
    report.parts.emplace_back(loops_of(tiles->nest));
    if (tiles->levels.empty()) return;
    Table table{.key = "tiles",
                .title = "Tiles that move the fewest bytes into each level, the level by itself",
                .columns = {{"level", "level"},
                            {"order", "loops, outermost first: tile of extent", Unit::none, 0,
                             Audience::everybody, false, true},
                            {"tiles", "tiles", Unit::count},
                            {"room_bytes", "room", Unit::bytes},
                            {"moved_bytes", "moved", Unit::bytes},
                            {"compulsory_bytes", "compulsory", Unit::bytes, 1},
                            {"over_bound", "over bound", Unit::ratio}},
                .rows = {}};
    for (std::size_t level = 0; level < tiles->levels.size(); ++level) {
      const LevelTiles& its = tiles->levels[level];
      table.rows.push_back({target_.device->memory[level].name, its.order, its.tiles, its.room, its.moved,
                            its.compulsory, its.over_bound});
    }
    report.parts.emplace_back(std::move(table));
    report.notes.emplace_back(
        "Tiles are of the main operator alone, at the batch its graph is shaped with; the time above counts "
        "each "
        "tensor once a level.");
  }

  static Table loops_of(const LoopNest& nest) {
    Table table{.key = "nest",
                .title = "Loop nest of the main operator",
                .columns = {{"loop", "loop"}, {"extent", "extent", Unit::count}},
                .rows = {}};
    for (const Loop& loop : nest.loops()) table.rows.push_back({loop.name, loop.extent});
    return table;
  }

  const Network& network_;
  const Target& target_;  // at the precision of the kernel
  const Target& of_all_;
  const Estimate& estimate_;
  const GroupWork& work_;
  const FusedGroup& fused_;
  const GroupEstimate& is_;
  const KindRate& kind_;
  Steps steps_{.table = steps_table("Step by step"), .figures = {}};
};

}  // namespace

Table steps_table(const std::string& title) {
  return {.key = "steps",
          .title = title,
          .columns = {{"term", "term"},
                      {"text", "result", Unit::none, 0, Audience::people},
                      {"how", "how", Unit::none, 0, Audience::people, false, true},
                      {"formula", "formula", Unit::none, 0, Audience::machines},
                      {"numbers", "numbers", Unit::none, 0, Audience::machines},
                      {"value", "result", Unit::none, 0, Audience::machines},
                      {"unit", "unit", Unit::none, 0, Audience::machines}},
          .rows = {}};
}

void add_step(Table& steps, const std::string& term, const std::string& formula, const std::string& numbers,
              const Value& result, Unit unit) {
  steps.rows.push_back({term, text(result, unit), fmt::format("{}: {}", formula, numbers), formula, numbers,
                        result, symbol_of(unit)});
}

Table figures_table(const Target& target, const std::set<std::string>& paths) {
  Table table{.key = "figures",
              .title = "Figures it rests on",
              .columns = {{"figure", "figure"},
                          {"value", "value"},
                          {"", "where from", Unit::none, 0, Audience::people, false, true},
                          {"range", "range", Unit::none, 0, Audience::machines},
                          {"source", "source", Unit::none, 0, Audience::machines}},
              .rows = {}};
  const auto add = [&](const std::vector<ListedFigure>& all) {
    for (const ListedFigure& f : all) {
      if (paths.contains(f.path)) table.rows.push_back({f.path, f.text, whence(f), f.range, f.source});
    }
  };
  add(figures_of(*target.device));
  add(figures_of(*target.runtime));
  return table;
}

Steps steps_of(const ExplainInput& input, std::size_t group) { return Explainer(input, group).steps(); }

Report explain(const ExplainInput& input, std::size_t group) { return Explainer(input, group).run(); }

}  // namespace chipcast::report

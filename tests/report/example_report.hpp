// tests/report/example_report.hpp: a small report with every kind of part, for the renderers.
//   std::string text;
//   render_json({&example_report, 1}, text);
#pragma once

#include "report/report.hpp"

namespace chipcast::report {

inline Report example_report() {
  Report report{.title = "tiny", .csv = "operators", .csv_subject = "model"};
  report.parts = {
      Field{"model", "model", "tiny", Unit::none, Audience::machines},
      field("macs", "MACs", 1'500'000 * mac),
      Group{.key = "activation_bytes",
            .label = "activation memory",
            .fields = {field("sum", "sum", 2'000 * byte), field("peak", "peak", 1'500 * byte)}},
      Table{.key = "operators",
            .title = "Operators",
            .columns = {{"name", "name"},
                        {"output_shape", "output shape", Unit::none, 1},
                        {"macs", "MACs", Unit::macs},
                        {"share", "share", Unit::share, 2}},
            .rows = {{"conv", Shape{1, 8, 4, 4}, 1'400'000 * mac, 0.9},
                     {"a, \"b\"\nc", Shape{}, 100'000 * mac, Value()}}},
      Field{"not_modelled", "", Value::Texts{}, Unit::none, Audience::machines},
  };
  report.notes = {"1 MAC = 2 FLOPs."};
  return report;
}

}  // namespace chipcast::report

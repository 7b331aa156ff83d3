// Every shipped report, read as its readers do: what is printed in one place follows from what is printed in others.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string_view>

#include "report/plan.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> shipped() {
  std::vector<std::string> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(CHIPCAST_SOURCE_DIR "/reports")) {
    if (fs::exists(entry.path() / "report.yaml")) folders.push_back(entry.path().string());
  }
  return folders;
}

// ---- numbers as they are printed

struct Printed {
  double value = 0, slack = 0;  // half a unit of its last digit, of three at least
};

const std::map<std::string_view, double> units = {{"", 1},      {"ns", 1e-9},    {"us", 1e-6},
                                                  {"ms", 1e-3}, {"s", 1},        {"min", 60},
                                                  {"h", 3600},  {"days", 86400}, {"years", 365.25 * 86400},
                                                  {"nJ", 1e-9}, {"uJ", 1e-6},    {"mJ", 1e-3},
                                                  {"J", 1},     {"kJ", 1e3},     {"uW", 1e-6},
                                                  {"mW", 1e-3}, {"W", 1},        {"kW", 1e3},
                                                  {"x", 1},     {"%", 0.01},     {"k", 1e3},
                                                  {"M", 1e6},   {"G", 1e9}};

// Nothing where it is no number, or less than its last digit.
std::optional<Printed> number_of(std::string text) {
  std::erase(text, ',');
  std::size_t end = 0;
  while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.'))
    ++end;
  if (end == 0) return {};
  std::string unit = text.substr(end);
  std::erase(unit, ' ');
  const auto scale = units.find(unit);
  if (scale == units.end()) return {};
  const std::string digits = text.substr(0, end);
  const std::size_t point = digits.find('.');
  const auto decimals = point == std::string::npos ? 0 : static_cast<int>(digits.size() - point - 1);
  const double number = std::stod(digits);
  const double of_three = number > 0 ? std::pow(10, std::floor(std::log10(number)) - 2) : 0;
  return Printed{number * scale->second, 0.5 * scale->second * std::max(std::pow(10, -decimals), of_three)};
}

bool agree(double low, double high, const Printed& printed) {
  constexpr double rounding = 1e-9;  // of the arithmetic here
  return printed.value + printed.slack >= low * (1 - rounding) &&
         printed.value - printed.slack <= high * (1 + rounding);
}

bool is_product(const Printed& a, const Printed& b, const Printed& product) {
  return agree((a.value - a.slack) * (b.value - b.slack), (a.value + a.slack) * (b.value + b.slack), product);
}

// ---- tables of report.md

struct MarkdownTable {
  std::string section, title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  std::optional<std::size_t> column(std::string_view name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return {};
    return static_cast<std::size_t>(found - columns.begin());
  }
  std::optional<Printed> number(std::size_t row, std::string_view name) const {
    const auto index = column(name);
    return index ? number_of(rows[row][*index]) : std::nullopt;
  }
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream parts(line.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) {
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    cells.push_back(cell);
  }
  return cells;
}

std::vector<MarkdownTable> tables_of(const std::string& markdown) {
  std::vector<MarkdownTable> tables;
  std::istringstream lines(markdown);
  std::string section, title;
  bool is_inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (line.starts_with("### ")) title = line.substr(4);
    if (!line.starts_with("|")) {
      is_inside = false;
    } else if (!is_inside) {
      tables.push_back({section, title, cells_of(line), {}});
      is_inside = true;
    } else if (!line.starts_with("|---")) {
      tables.back().rows.push_back(cells_of(line));
    }
  }
  return tables;
}

// "Ranking on kpu_t2" -> "kpu_t2"
std::optional<std::string> device_behind(const std::string& title, std::string_view start) {
  if (!title.starts_with(start)) return {};
  return title.substr(start.size());
}

// The cells of a line of CSV; quotes hold commas together.
std::vector<std::string> csv_cells(const std::string& line) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

// ---- the tests

TEST_CASE("data.csv: what follows from other columns of a row is what they give") {
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    std::istringstream lines(text_of(folder + "/data.csv"));
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> keys = csv_cells(line);
    if (std::find(keys.begin(), keys.end(), "throughput_per_s") == keys.end()) continue;  // no estimates
    while (std::getline(lines, line)) {
      std::map<std::string, double> row;
      const std::vector<std::string> cells = csv_cells(line);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!cells[i].empty() && std::isdigit(static_cast<unsigned char>(cells[i][0])) != 0)
          row[keys[i]] = std::stod(cells[i]);
      }
      CAPTURE(line);
      CHECK(row.at("latency_s") * row.at("throughput_per_s") == doctest::Approx(row.at("batch")));
      CHECK(row.at("latency_low_s") <= row.at("latency_s"));
      CHECK(row.at("latency_high_s") >= row.at("latency_s"));
      if (!row.contains("energy_j")) continue;
      CHECK(row.at("power_w") * row.at("latency_s") == doctest::Approx(row.at("energy_j")));
      CHECK(row.at("energy_per_inference_j") * row.at("batch") == doctest::Approx(row.at("energy_j")));
      CHECK(row.at("inferences_per_wh") * row.at("energy_per_inference_j") == doctest::Approx(3600));
      CHECK(row.at("energy_delay_js") == doctest::Approx(row.at("energy_j") * row.at("latency_s")));
      CHECK(row.at("energy_compute_j") + row.at("energy_off_chip_j") + row.at("energy_on_chip_j") +
                row.at("energy_idle_j") + row.at("energy_busy_j") + row.at("energy_outside_j") ==
            doctest::Approx(row.at("energy_j")));
    }
  }
}

TEST_CASE("report.md: rates, ratios, sums and powers follow from what is printed beside them") {
  std::size_t checked = 0;
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    std::map<std::string, Printed> latencies;  // by network and device
    for (const MarkdownTable& table : tables_of(text_of(folder + "/report.md"))) {
      CAPTURE(table.title);
      const auto model = table.column("network");
      if (const auto device = device_behind(table.title, "Ranking on ")) {
        REQUIRE(model);
        const std::string baseline = table.columns[*table.column("per second") + 1];  // "to resnet18"
        std::optional<Printed> base;
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
          if (baseline == "to " + table.rows[r][*model]) base = table.number(r, "latency");
        }
        REQUIRE(base);
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
          CAPTURE(table.rows[r][*model]);
          const Printed latency = *table.number(r, "latency"), rate = *table.number(r, "per second");
          CHECK(is_product(latency, rate, {1, 0}));  // batches of one
          CHECK(is_product(*table.number(r, baseline), *base, latency));
          CHECK(table.number(r, "at best")->value <= latency.value + latency.slack);
          CHECK(table.number(r, "at worst")->value >= latency.value - latency.slack);
          latencies[table.rows[r][*model] + " " + *device] = latency;
          ++checked;
        }
      }
      if (const auto device = device_behind(table.title, "Energy of an inference on ")) {
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
          CAPTURE(table.rows[r][*model]);
          const auto energy = table.number(r, "energy");
          if (!energy) continue;
          Printed sum;
          for (const char* part : {"arithmetic", "memory", "on the chip", "idle power", "busy power"}) {
            const auto printed = table.number(r, part);
            sum.value += printed ? printed->value : 0;
            sum.slack += printed ? printed->slack : energy->slack;
          }
          CHECK(agree(sum.value - sum.slack, sum.value + sum.slack, *energy));
          CHECK(is_product(*table.number(r, "per Wh"), *energy, {3600, 0}));
          CHECK(is_product(*table.number(r, "power"), latencies.at(table.rows[r][*model] + " " + *device),
                           *energy));
          ++checked;
        }
      }
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("report.md: shares of a whole add up to it") {
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    for (const MarkdownTable& table : tables_of(text_of(folder + "/report.md"))) {
      if (!table.title.starts_with("Share of the")) continue;
      CAPTURE(table.title);
      for (const std::vector<std::string>& row : table.rows) {
        CAPTURE(row[0]);
        double sum = 0, slack = 0;
        for (std::size_t c = 1; c < row.size(); ++c) {
          const auto share = number_of(row[c]);
          sum += share ? share->value : 0;
          slack += 0.0005;  // a tenth of a percent, rounded; "<0.1%" is less
        }
        CHECK(std::abs(sum - 1) <= slack + 1e-9);
      }
    }
  }
}

TEST_CASE("report.md: the latency and the energy of a network on a device are printed alike everywhere") {
  const std::array<std::string, 4> per_device = {"Ranking on ", "Accuracy on ", "Families on ",
                                                 "Energy of an inference on "};
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    std::map<std::string, std::string> figures;  // by what, network and device
    const auto see = [&](const std::string& what, const std::string& network, const std::string& device,
                         const std::string& text) {
      if (text == "-") return;
      const std::string figure = what + " of " + network + " on " + device;
      CAPTURE(figure);
      CHECK(figures.try_emplace(figure, text).first->second == text);
    };
    for (const MarkdownTable& table : tables_of(text_of(folder + "/report.md"))) {
      CAPTURE(table.title);
      for (const std::string what : {"latency", "energy"}) {
        const bool is_matrix = table.title == "Latency by network and device" ||
                               table.title == "Energy of an inference by network and device";
        for (const std::vector<std::string>& row : table.rows) {
          if (is_matrix && table.title.starts_with(what == "latency" ? "Latency" : "Energy")) {
            for (std::size_t c = 1; c < row.size(); ++c) see(what, row[0], table.columns[c], row[c]);
          }
          const auto column = table.column(what);
          if (!column) continue;
          for (const std::string& start : per_device) {
            if (const auto device = device_behind(table.title, start))
              see(what, row[*table.column("network")], *device, row[*column]);
          }
          if (table.title == "Recommendations") see(what, row[1], row[2], row[*column]);
        }
      }
    }
  }
}

TEST_CASE("battery: life times what is drawn is the capacity; CO2e is energy times the grid's intensity") {
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    const Result<report::Plan> plan = report::read_plan(folder + "/report.yaml");
    REQUIRE(plan);
    Json data = Json::parse(text_of(folder + "/data.json"));
    for (const report::Scenario& scenario : plan->scenarios) {
      CAPTURE(scenario.name);
      for (const Json& row : data["selection"]["recommendations"]) {
        if (row["scenario"] != scenario.name || row["battery_life_s"].is_null()) continue;
        const double drawn = row["power_at_rate_w"].get<double>() + in(scenario.other_loads, watt);
        CHECK(drawn * row["battery_life_s"].get<double>() == doctest::Approx(in(*scenario.battery, joule)));
        const Json& lives = data["battery"]["battery_life_s " + scenario.name];
        for (const Json& of_network : lives) {
          if (of_network["model"] == row["model"])
            CHECK(of_network[row["device"].get<std::string>()] == row["battery_life_s"]);
        }
      }
    }
    if (!plan->grid) continue;
    std::map<std::string, Json> energies;
    for (const Json& row : data["energy"]["energy_by_device_j"]) energies[row["model"]] = row;
    for (const Json& row : data["cost"]["co2e_g_per_million"]) {
      for (const auto& [device, grams] : row.items()) {
        if (device == "model" || grams.is_null()) continue;
        CHECK(grams.get<double>() == doctest::Approx(1e6 * energies.at(row["model"])[device].get<double>() *
                                                     plan->grid->grams_per_joule));
      }
    }
  }
}

TEST_CASE("data.json says what data.csv says, the basis too; blocks of layers add up to the network") {
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    Json data = Json::parse(text_of(folder + "/data.json"));
    if (!data.contains("latency")) continue;
    const std::string csv = text_of(folder + "/data.csv");
    for (const auto& [device, rows] : data["latency"].items()) {
      for (const Json& row : rows) {
        if (!row.contains("basis")) continue;
        // The line of this network with this very latency carries the basis, too.
        const std::string latency = fmt::format("{}", row["latency_s"].get<double>());
        std::istringstream lines(csv);
        bool is_found = false;
        for (std::string line; std::getline(lines, line);) {
          is_found =
              is_found || (line.find(row["model"].get<std::string>()) != std::string::npos &&
                           line.find("," + latency + ",") != std::string::npos &&
                           line.find("," + row["basis"].get<std::string>() + ",") != std::string::npos);
        }
        CAPTURE(row.dump());
        CHECK(is_found);
      }
    }
    for (const auto& [device, rows] : data["timeline"].items()) {
      std::map<std::string, double> shares, times, until;
      for (const Json& row : rows) {
        const std::string model = row["model"];
        shares[model] += row["share"].get<double>();
        times[model] += row["time_s"].get<double>();
        until[model] = row["until_s"];
      }
      for (const auto& share : shares) {
        CAPTURE(share.first);
        CHECK(share.second == doctest::Approx(1));
        CHECK(times[share.first] == doctest::Approx(until[share.first]));
      }
    }
  }
}

}  // namespace
}  // namespace chipcast::cli

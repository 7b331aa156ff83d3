// Where along a network its time goes: its kernels in order, those of one block together.
#include <algorithm>
#include <cctype>
#include <numeric>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t shown = 3;  // blocks of each network that people see in the table

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "layer1.0.conv2" -> "layer1.0", "features.3.conv.0" -> "features.3": a name up to its first number.
std::string block_of(const std::string& name) {
  std::size_t begin = 0;
  while (begin < name.size()) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (is_number(std::string_view(name).substr(begin, end - begin))) return name.substr(0, end);
    begin = end + 1;
  }
  return name.substr(0, name.find('.'));
}

struct Block {
  std::string name;
  std::int64_t kernels = 0;
  Seconds time;
  double flops = 0;
  std::array<Seconds, 4> time_at = {};                // by bound
  std::array<Seconds, work_kind_count> time_in = {};  // by kind of kernel
};

std::vector<Block> blocks_of(const Workload& workload, const Estimate& estimate) {
  std::vector<Block> blocks;
  for (std::size_t g = 0; g < workload.groups.size(); ++g) {
    const GroupEstimate& group = estimate.groups[g];
    std::string name = block_of(workload.groups[g].name);
    if (blocks.empty() || blocks.back().name != name) blocks.emplace_back().name = std::move(name);
    Block& block = blocks.back();
    ++block.kernels;
    block.time += group.total;
    block.flops += group.products + group.rest;
    block.time_at[static_cast<std::size_t>(group.bound)] += group.total;
    block.time_in[static_cast<std::size_t>(workload.groups[g].kind)] += group.total;
  }
  return blocks;
}

// In their own order.
std::vector<std::size_t> longest_of(const std::vector<Block>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return blocks[a].time > blocks[b].time; });
  order.resize(std::min(shown, order.size()));
  std::ranges::sort(order);
  return order;
}

Table blocks_table(const Characterization& c, std::size_t t) {
  Table table{
      .key = {},
      .title = "Time over the layers",
      .columns = {{"model", "network"},
                  {"block", "block"},
                  {"kernels", "kernels", Unit::count},
                  {"time_s", "time", Unit::seconds, 0, Audience::everybody, true},
                  {"until_s", "until", Unit::seconds, 0, Audience::everybody, true},
                  {"share", "of the network", Unit::share},
                  {"flops_share", "of its FLOPs", Unit::share},
                  {"kind", "mostly"},
                  {"bound", "bound"}},
      .rows = {},
      .excerpt = Table::Excerpt{
          .rows = {}, .remark = "The longest blocks of each network; the drawing and data.json have all."}};
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const std::vector<Block> blocks = blocks_of(c.workload(n, t), c.at(n, t));
    Seconds total, until;
    double flops = 0;
    for (const Block& block : blocks) {
      total += block.time;
      flops += block.flops;
    }
    for (const std::size_t longest : longest_of(blocks))
      table.excerpt->rows.push_back(table.rows.size() + longest);
    for (const Block& block : blocks) {
      until += block.time;
      const auto bound = std::ranges::max_element(block.time_at) - block.time_at.begin();
      const auto kind = std::ranges::max_element(block.time_in) - block.time_in.begin();
      table.rows.push_back({c.networks()[n].name, block.name, block.kernels, block.time, until,
                            block.time / total, block.flops / flops, words(name(static_cast<WorkKind>(kind))),
                            name(static_cast<Bound>(bound))});
      derive(table, n, t, {"time_s", "until_s"});
    }
  }
  table.charts = {{.kind = Chart::Kind::strips,
                   .title = "Time over the layers",
                   .label = "model",
                   .series = {"time_s"},
                   .piece = "block",
                   .colour = "kind"}};
  return table;
}

}  // namespace

Report timeline_section(const Characterization& c) {
  Report report{
      .lead = {"Each network from its first layer to its last, as shares of the sum of its kernels' times; a "
               "piece is a block of layers, coloured by the kind of kernel that takes most of its time."}};
  add_by_device(report, c, "", [&](std::size_t t) { return blocks_table(c, t); });
  report.notes = {
      "Where a device runs branches side by side or is held to its power, its latency is not this sum; the "
      "derivations say so."};
  return report;
}

}  // namespace chipcast::report

// Every sin of a device file, word by word.
#include "hardware/read_device.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "hardware/figures.hpp"

namespace chipcast {
namespace {

constexpr std::string_view good = R"(schema: device/1
title: Example NPU
kind: npu
sources:
  sheet: {title: Example NPU datasheet, page: p. 2, date: 2024-05}
max_power: {value: 10 W, source: sheet}
idle_power: {value: 1 W, source: sheet}
engines:
  - name: array
    kind: systolic
    count: {value: 4, source: sheet}
    clock: {value: 1 GHz, source: sheet}
    flops_per_cycle:
      int8: {value: 1000, source: sheet}
      fp16: {value: 500, source: sheet}
    falls_back_to: {fp32: fp16}
    tile: {m: 8, n: 32, k: 32, source: sheet}
memory:
  - name: sram
    scope: chip
    instances: {value: 1, source: sheet}
    capacity: {value: 8 MB, source: sheet}
    bandwidth: {value: 1 TB/s, source: assumed, low: 0.5 TB/s, high: 2 TB/s}
  - name: dram
    scope: off_chip
    instances: {value: 1, source: sheet}
    capacity: {value: 4 GB, source: sheet}
    bandwidth: {value: 50 GB/s, source: sheet}
operating_points:
  - name: nominal
  - name: low
    clocks:
      array: {value: 500 MHz, source: sheet}
published_peak:
  int8: {value: 4 TOP/s, source: sheet}
  fp16: {value: 1 TFLOP/s, source: sheet, at: low}
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

std::string complaint(std::string text) {
  const Result<Device> device = parse_device("npu.yaml", std::move(text));
  return device ? "" : render(device.diagnostics());
}

// The complaint about the good file with one text replaced by another.
std::string complaint(std::string_view from, std::string_view to) { return complaint(with(from, to)); }

TEST_CASE("a good file: engines, levels, points and peaks") {
  const Result<Device> device = parse_device("dir/example_npu.yaml", std::string(good));
  REQUIRE(device);
  CHECK(device->id == "example_npu");
  CHECK(device->engines[0].tile_n == 32);
  CHECK(device->engines[0].falls_back_to[static_cast<std::size_t>(Precision::fp32)] == Precision::fp16);
  CHECK(device->memory[0].bandwidth.is_assumed());
  CHECK(*device->memory[0].bandwidth.high == 2e12 * byte / second);
  CHECK(peak_rate(*device, 0, Precision::int8, device->operating_points[0]) == 4e12 * flop / second);
  CHECK(peak_rate(*device, 0, Precision::int8, *device->operating_point("low")) == 2e12 * flop / second);
  CHECK(peak_rate(*device, 0, Precision::fp32, device->operating_points[0]) == FlopsPerSecond());
  CHECK(device->operating_point("high") == nullptr);
}

// ---- figures

TEST_CASE("a unit that does not fit: GB where GB/s is meant") {
  CHECK(complaint("50 GB/s", "50 GB") ==
        "npu.yaml:28:27: error: 'bandwidth' must be a bandwidth, but 'GB' is a size\n"
        "      bandwidth: {value: 50 GB, source: sheet}\n"
        "                            ^~ write for example '4.8 TB/s'\n");
}

TEST_CASE("a negative figure and a zero one") {
  CHECK(complaint("value: 10 W", "value: -10 W") ==
        "npu.yaml:6:20: error: 'max_power' must not be negative\n"
        "  max_power: {value: -10 W, source: sheet}\n"
        "                     ^~~~~\n");
  CHECK(complaint("count: {value: 4,", "count: {value: 0,") ==
        "npu.yaml:11:20: error: 'count' must be above zero\n"
        "      count: {value: 0, source: sheet}\n"
        "                     ^\n");
}

TEST_CASE("absurd figures need force: true") {
  CHECK(complaint("value: 50 GB/s, source: sheet}", "value: 3 PB/s, source: sheet}") ==
        "npu.yaml:28:24: error: 'bandwidth' is 3 PB/s, beyond the 1 PB/s that anything has\n"
        "      bandwidth: {value: 3 PB/s, source: sheet}\n"
        "                         ^~~~~~ if it is meant, add 'force: true' to the figure\n");
  CHECK(complaint("clock: {value: 1 GHz", "clock: {value: 12 GHz") ==
        "npu.yaml:12:20: error: 'clock' is 12 GHz, beyond the 10 GHz that anything has\n"
        "      clock: {value: 12 GHz, source: sheet}\n"
        "                     ^~~~~~ if it is meant, add 'force: true' to the figure\n");
  CHECK(complaint("value: 10 W", "value: 200 kW") ==
        "npu.yaml:6:20: error: 'max_power' is 200 kW, beyond the 100 kW that anything has\n"
        "  max_power: {value: 200 kW, source: sheet}\n"
        "                     ^~~~~~ if it is meant, add 'force: true' to the figure\n");
  CHECK(complaint("int8: {value: 1000,", "int8: {value: 1000000000,") ==
        "npu.yaml:14:21: error: engine 'array' would reach 4 EFLOP/s in int8 at 'nominal', beyond the 100 "
        "PFLOP/s that anything has\n"
        "        int8: {value: 1000000000, source: sheet}\n"
        "                      ^~~~~~~~~~ if it is meant, add 'force: true' to the figure\n");
  CHECK(complaint(with("value: 10 W", "value: 200 kW, force: true")) == "");
}

TEST_CASE("an assumed figure needs low and high around its value") {
  CHECK(complaint(", low: 0.5 TB/s, high: 2 TB/s", "") ==
        "npu.yaml:23:16: error: 'bandwidth' of memory level 'sram' is assumed, so it needs 'low' and 'high'\n"
        "      bandwidth: {value: 1 TB/s, source: assumed}\n"
        "                 ^ the range in which you believe it to lie\n");
  CHECK(complaint("low: 0.5 TB/s", "low: 1.5 TB/s") ==
        "npu.yaml:23:54: error: 'low' of 'bandwidth' is above its value '1 TB/s'\n"
        "      bandwidth: {value: 1 TB/s, source: assumed, low: 1.5 TB/s, high: 2 TB/s}\n"
        "                                                       ^~~~~~~~\n");
  CHECK(complaint("high: 2 TB/s", "high: 0.9 TB/s") ==
        "npu.yaml:23:70: error: 'high' of 'bandwidth' is below its value '1 TB/s'\n"
        "      bandwidth: {value: 1 TB/s, source: assumed, low: 0.5 TB/s, high: 0.9 TB/s}\n"
        "                                                                       ^~~~~~~~\n");
  CHECK(complaint("{value: 50 GB/s, source: sheet}", "{value: 50 GB/s, source: sheet, low: 40 GB/s}") ==
        "npu.yaml:28:16: error: 'bandwidth' of memory level 'dram' gives only one of 'low' and 'high'\n"
        "      bandwidth: {value: 50 GB/s, source: sheet, low: 40 GB/s}\n"
        "                 ^ give both, or neither\n");
}

TEST_CASE("a source is a key of 'sources', or assumed") {
  CHECK(complaint("50 GB/s, source: sheet", "50 GB/s, source: sheat") ==
        "npu.yaml:28:41: error: 'source' cannot be 'sheat'\n"
        "      bandwidth: {value: 50 GB/s, source: sheat}\n"
        "                                          ^~~~~ did you mean 'sheet'?\n");
  CHECK(complaint("value: 50 GB/s, source: sheet", "value: 50 GB/s") ==
        "npu.yaml:28:16: error: missing key 'source' in 'bandwidth' of memory level 'dram'\n"
        "      bandwidth: {value: 50 GB/s}\n"
        "                 ^\n");
  CHECK(complaint("value: 1 TB/s, source: assumed", "source: assumed") ==
        "npu.yaml:23:16: error: missing key 'value' in 'bandwidth' of memory level 'sram'\n"
        "      bandwidth: {source: assumed, low: 0.5 TB/s, high: 2 TB/s}\n"
        "                 ^\n");
  CHECK(complaint("{value: 50 GB/s, source: sheet}", "50 GB/s") ==
        "npu.yaml:28:16: error: 'bandwidth' gives no source\n"
        "      bandwidth: 50 GB/s\n"
        "                 ^~~~~~~ write {value: 50 GB/s, source: ...}\n");
  CHECK(complaint("date: 2024-05", "date: May 2024") ==
        "npu.yaml:5:59: error: 'date' cannot be 'May 2024'\n"
        "    sheet: {title: Example NPU datasheet, page: p. 2, date: May 2024}\n"
        "                                                            ^~~~~~~~ write 2023, 2023-05 or "
        "2023-05-17\n");
}

TEST_CASE("missing figures are named, with what lacks them, all at once") {
  CHECK(complaint(with("    clock: {value: 1 GHz, source: sheet}\n", "")) ==
        "npu.yaml:9:5: error: missing key 'clock' in engine 'array'\n"
        "    - name: array\n"
        "      ^\n");
  CHECK(complaint("max_power: {value: 10 W, source: sheet}\nidle_power: {value: 1 W, source: sheet}\n", "") ==

        "npu.yaml:1:1: error: missing key 'max_power' in a device\n"
        "  schema: device/1\n"
        "  ^\n"
        "npu.yaml:1:1: error: missing key 'idle_power' in a device\n"
        "  schema: device/1\n"
        "  ^\n");
}

TEST_CASE("unknown keys, with what was meant") {
  CHECK(complaint("    bandwidth: {value: 50", "    bandwith: {value: 50") ==
        "npu.yaml:24:5: error: missing key 'bandwidth' in memory level 'dram'\n"
        "    - name: dram\n"
        "      ^\n"
        "npu.yaml:28:5: error: unknown key 'bandwith' in memory level 'dram'\n"
        "      bandwith: {value: 50 GB/s, source: sheet}\n"
        "      ^~~~~~~~ did you mean 'bandwidth'?\n");
  CHECK(complaint("int8: {value: 1000", "int9: {value: 1000") ==
        "npu.yaml:14:7: error: unknown key 'int9' in 'flops_per_cycle' of engine 'array'\n"
        "        int9: {value: 1000, source: sheet}\n"
        "        ^~~~ did you mean 'int8' or 'int4'?\n");
  CHECK(complaint("kind: systolic", "kind: systolik") ==
        "npu.yaml:10:11: error: 'kind' cannot be 'systolik'\n"
        "      kind: systolik\n"
        "            ^~~~~~~~ did you mean 'systolic'?\n");
}

// ---- engines

TEST_CASE("fallbacks end in a precision that the engine has") {
  CHECK(complaint("{fp32: fp16}", "{fp32: bf16}") ==
        "npu.yaml:16:27: error: engine 'array' falls back from fp32 to bf16, which it lacks too\n"
        "      falls_back_to: {fp32: bf16}\n"
        "                            ^~~~ give bf16 a rate in 'flops_per_cycle', or fall back to another\n");
  CHECK(
      complaint("{fp32: fp16}", "{fp32: bf16, bf16: fp32}") ==
      "npu.yaml:16:27: error: engine 'array' falls back from fp32 to bf16, which it lacks too\n"
      "      falls_back_to: {fp32: bf16, bf16: fp32}\n"
      "                            ^~~~ fall back straight to a precision with a rate in 'flops_per_cycle'\n"
      "npu.yaml:16:39: error: engine 'array' falls back from bf16 to fp32, which it lacks too\n"
      "      falls_back_to: {fp32: bf16, bf16: fp32}\n"
      "                                        ^~~~ fall back straight to a precision with a rate in "
      "'flops_per_cycle'\n");
  CHECK(complaint("{fp32: fp16}", "{int8: fp16}") ==
        "npu.yaml:16:27: error: engine 'array' falls back from int8, which it has\n"
        "      falls_back_to: {int8: fp16}\n"
        "                            ^~~~ take out the fallback or the rate\n");
}

TEST_CASE("an engine twice, an engine without a rate, a name that is none") {
  CHECK(complaint("  - name: dram", "  - name: sram") ==
        "npu.yaml:24:11: error: 'sram' is there twice\n"
        "    - name: sram\n"
        "            ^~~~\n");
  CHECK(complaint("name: array", "name: The Array") ==
        "npu.yaml:9:11: error: 'The Array' is no name\n"
        "    - name: The Array\n"
        "            ^~~~~~~~~ use a-z, 0-9, '-' and '_'\n"
        "npu.yaml:33:7: error: unknown key 'array' in 'clocks' of operating point 'low'\n"
        "        array: {value: 500 MHz, source: sheet}\n"
        "        ^~~~~ known are 'The Array'\n");
  CHECK(complaint("      int8: {value: 1000, source: sheet}\n      fp16: {value: 500, source: sheet}\n    "
                  "falls_back_to: {fp32: fp16}\n",
                  "      {}\n") ==
        "npu.yaml:9:5: error: engine 'array' has no rate at any precision\n"
        "    - name: array\n"
        "      ^ give 'flops_per_cycle' at least one precision\n");
  CHECK(complaint(with("    kind: systolic", "    kind: systolic\n    products_only: true")) ==
        "npu.yaml:9:5: error: the first engine, 'array', does products only\n"
        "    - name: array\n"
        "      ^ put the engine that does elementwise work first\n");
}

// ---- memory

TEST_CASE("levels in impossible order") {
  CHECK(complaint("capacity: {value: 4 GB", "capacity: {value: 4 MB") ==
        "npu.yaml:27:23: error: 'dram' holds 4 MB, less than 'sram' inside it with 8 MB\n"
        "      capacity: {value: 4 MB, source: sheet}\n"
        "                        ^~~~ levels go from the engine outwards\n");
  CHECK(complaint("value: 50 GB/s", "value: 5 TB/s") ==
        "npu.yaml:28:24: error: 'dram' at 5 TB/s is faster than 'sram' inside it at 1 TB/s\n"
        "      bandwidth: {value: 5 TB/s, source: sheet}\n"
        "                         ^~~~~~ levels go from the engine outwards, and bandwidth is that of all "
        "instances together\n");
  CHECK(complaint("scope: off_chip", "scope: core") ==
        "npu.yaml:24:5: error: 'dram' of scope core stands outside 'sram' of scope chip\n"
        "    - name: dram\n"
        "      ^ levels go from the engine outwards\n");
  const std::string many = with("    instances: {value: 1, source: sheet}\n    capacity: {value: 8 MB",
                                "    instances: {value: 1000, source: sheet}\n    capacity: {value: 8 MB");
  CHECK(complaint(many) ==
        "npu.yaml:27:23: error: all 'dram' together hold 4 GB, less than all 'sram' inside with 8 GB\n"
        "      capacity: {value: 4 GB, source: sheet}\n"
        "                        ^~~~ if the device is built so, add 'force: true' to the capacity\n");
}

// ---- operating points, peaks, power

TEST_CASE("operating points name engines that exist and switch on no more than there is") {
  CHECK(complaint("      array: {value: 500 MHz", "      arry: {value: 500 MHz") ==
        "npu.yaml:33:7: error: unknown key 'arry' in 'clocks' of operating point 'low'\n"
        "        arry: {value: 500 MHz, source: sheet}\n"
        "        ^~~~ did you mean 'array'?\n");
  CHECK(complaint("  - name: nominal\n",
                  "  - name: nominal\n    counts: {array: {value: 5, source: sheet}}\n") ==
        "npu.yaml:31:29: error: 'nominal' switches on 5 of the 4 units of engine 'array'\n"
        "      counts: {array: {value: 5, source: sheet}}\n"
        "                              ^\n");
  CHECK(complaint("idle_power: {value: 1 W, source: sheet}",
                  "idle_power: {value: 1 W, source: sheet}\nbusy_power: {value: 9.5 W, source: sheet}")
            .find("idle power 1 W and busy power 9.5 W together are above the maximum 10 W") !=
        std::string::npos);
  CHECK(complaint("idle_power: {value: 1 W", "idle_power: {value: 11 W") ==
        "npu.yaml:7:21: error: idle power 11 W is above the maximum 10 W\n"
        "  idle_power: {value: 11 W, source: sheet}\n"
        "                      ^~~~\n");
}

TEST_CASE("a published peak must agree with count x clock x rate within 3%") {
  CHECK(complaint("value: 4 TOP/s", "value: 4.3 TOP/s") ==
        "npu.yaml:35:17: error: count x clock x flops_per_cycle gives 4 TFLOP/s in int8 at 'nominal', 7.0% "
        "under the published 4.3 TFLOP/s\n"
        "    int8: {value: 4.3 TOP/s, source: sheet}\n"
        "                  ^~~~~~~~~ one of the figures is wrong, or the peak belongs to another operating "
        "point\n");
  CHECK(complaint("value: 4 TOP/s", "value: 4.1 TOP/s") == "");
  CHECK(complaint("at: low", "at: slow") ==
        "npu.yaml:36:47: error: 'at' cannot be 'slow'\n"
        "    fp16: {value: 1 TFLOP/s, source: sheet, at: slow}\n"
        "                                                ^~~~ did you mean 'low'?\n");
}

// ---- extends

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("chipcast_read_device_test_" + std::to_string(::getpid()));
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, std::string_view text) const { std::ofstream(path / name) << text; }
  // The complaint, with the folder's name taken out.
  std::string complaint(const std::string& name) const {
    const Result<Device> device = read_device((path / name).string());
    std::string text = device ? "" : render(device.diagnostics());
    for (std::size_t at = 0; (at = text.find(path.string() + "/")) != std::string::npos;)
      text.erase(at, path.string().size() + 1);
    return text;
  }
};

TEST_CASE("extends takes every figure over, marked with the device it is from") {
  const Folder folder;
  folder.write("npu.yaml", good);
  folder.write("npu_fast.yaml", R"(schema: device/1
extends: npu
title: Example NPU, faster memory
sources:
  sheet: {title: Another datasheet, date: 2025}
memory:
  - name: dram
    bandwidth: {value: 100 GB/s, source: sheet}
)");
  folder.write("npu_faster.yaml", "schema: device/1\nextends: npu_fast\ntitle: Third\n");
  const Result<Device> device = read_device((folder.path / "npu_fast.yaml").string());
  REQUIRE(device);
  CHECK(device->memory[1].bandwidth.value == 100e9 * byte / second);
  CHECK(device->memory[1].bandwidth.inherited_from.empty());
  CHECK(device->memory[1].bandwidth.source == "sheet");
  CHECK(device->memory[1].capacity.inherited_from == "npu");
  CHECK(device->memory[1].capacity.source ==
        "npu/sheet");  // the parent's sheet, not the child's of the same name
  CHECK(device->sources.size() == 2);
  CHECK(device->engines[0].tile_source == "npu/sheet");
  CHECK(device->operating_points.size() == 2);
  CHECK(device->published_peaks.empty());  // they are of another product
  int inherited = 0;
  visit_figures(*device,
                [&](const std::string&, const auto& figure) { inherited += figure.inherited_from == "npu"; });
  // count, clock, 2 rates; 2 levels x 3 less the own bandwidth; 2 powers; 1 clock of a point
  CHECK(inherited == 4 + 5 + 2 + 1);
  const Result<Device> third = read_device((folder.path / "npu_faster.yaml").string());
  REQUIRE(third);
  CHECK(third->memory[1].bandwidth.inherited_from == "npu_fast");
  CHECK(third->memory[1].capacity.inherited_from == "npu");
}

TEST_CASE("extends of nothing, of itself, and around a circle") {
  const Folder folder;
  folder.write("example.yaml", good);
  folder.write("a.yaml", "schema: device/1\nextends: exampel\ntitle: A\n");
  CHECK(folder.complaint("a.yaml") ==
        "a.yaml:2:10: error: there is no device 'exampel' to extend\n"
        "  extends: exampel\n"
        "           ^~~~~~~ did you mean 'example'?\n");
  folder.write("b.yaml", "schema: device/1\nextends: c\ntitle: B\n");
  folder.write("c.yaml", "schema: device/1\nextends: b\ntitle: C\n");
  CHECK(folder.complaint("b.yaml") ==
        "c.yaml:2:10: error: a device extends itself: b -> c -> b\n"
        "  extends: b\n"
        "           ^ break the circle\n");
  folder.write("d.yaml",
               "schema: device/1\nextends: example\ntitle: D\nmemory:\n  - name: dram\n    capacity: {value: "
               "1 MB, source: assumed, low: 1 MB, high: 1 MB}\n");
  CHECK(folder.complaint("d.yaml") ==
        "d.yaml:6:23: error: 'dram' holds 1 MB, less than 'sram' inside it with 8 MB\n"
        "      capacity: {value: 1 MB, source: assumed, low: 1 MB, high: 1 MB}\n"
        "                        ^~~~ levels go from the engine outwards\n");
}

TEST_CASE("an unknown device, with suggestions") {
  const Result<Device> device = find_device(CHIPCAST_SOURCE_DIR "/hardware_specs", "nvidia-h100-pci");
  REQUIRE_FALSE(device);
  CHECK(render(device.diagnostics()) ==
        "error: no device is called 'nvidia-h100-pci'\n"
        "  did you mean 'nvidia_h100_pcie', 'nvidia_a100_pcie' or 'nvidia_h100_sxm'?\n");
}

TEST_CASE("what is no device at all") {
  CHECK(complaint("") == "npu.yaml: error: the file is empty\n  begin it with its 'schema:' line\n");
  CHECK(complaint("schema: device/2\n") ==
        "npu.yaml:1:9: error: schema 'device/2' is not one this chipcast reads\n"
        "  schema: device/2\n"
        "          ^~~~~~~~ it reads 'device/1'\n");
  CHECK(read_device("/nowhere/x.yaml").diagnostics()[0].message == "no such file");
}

}  // namespace
}  // namespace chipcast

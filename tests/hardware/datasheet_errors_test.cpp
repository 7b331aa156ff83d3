#include "hardware/datasheet_errors.hpp"

#include <doctest/doctest.h>

#include "hardware/read_runtime.hpp"

namespace chipcast {
namespace {

const DatasheetErrors example = {.date = "2026-01-02",
                                 .kinds = {{DeviceKind::cpu, {"everything", 12, 0.5, 0.1, 0.75}}}};

TEST_CASE("what is written is what is read") {
  const std::string text = to_yaml(example);
  const Result<DatasheetErrors> read = parse_datasheet_errors("datasheet.yaml", text);
  REQUIRE_MESSAGE(read, (read ? "" : render(read.diagnostics())));
  CHECK(to_yaml(*read) == text);
}

TEST_CASE("a runtime that nothing was fitted to borrows the margin of its kind, and no figure changes") {
  Result<Runtime> runtime = read_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes/ncnn.yaml");
  REQUIRE(runtime);
  const Seconds dispatch = runtime->on(DeviceKind::cpu)->dispatch.value;
  borrow_margin(example, DeviceKind::gpu, *runtime);
  CHECK_FALSE(runtime->on(DeviceKind::cpu)->fitted);
  borrow_margin(example, DeviceKind::cpu, *runtime);
  REQUIRE(runtime->on(DeviceKind::cpu)->fitted);
  CHECK(runtime->on(DeviceKind::cpu)->fitted->margin_elsewhere == 0.75);
  CHECK(runtime->on(DeviceKind::cpu)->fitted->devices.empty());
  CHECK(runtime->on(DeviceKind::cpu)->dispatch.value == dispatch);
}

}  // namespace
}  // namespace chipcast

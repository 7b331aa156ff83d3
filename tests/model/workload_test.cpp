// Groups that ask for the same are estimated once: nothing but the time it takes may show that.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/estimate.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

const std::string folder = CHIPCAST_SOURCE_DIR "/hardware_specs";

Workload workload_of(const std::string& network, const Runtime& runtime) {
  const ZooNetwork& n = zoo_network(network);
  return make_workload(n.graph, n.complexity, runtime);
}

TEST_CASE("a transformer's blocks are alike: of one block's kernels all twelve are known") {
  const Result<Runtime> runtime = find_runtime(folder + "/runtimes", "tensorrt");
  REQUIRE(runtime);
  const Workload workload = workload_of("vit_b_16", *runtime);
  std::set<std::uint32_t> first, second;
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    if (workload.groups[i].name.find("encoder_layer_1.") != std::string::npos)
      first.insert(workload.alike[i]);
    if (workload.groups[i].name.find("encoder_layer_5.") != std::string::npos)
      second.insert(workload.alike[i]);
  }
  CHECK_FALSE(first.empty());
  CHECK(first == second);
}

TEST_CASE("places are given in order of appearance, and none that differ share one") {
  const Result<Runtime> runtime = find_runtime(folder + "/runtimes", "pytorch_eager");
  REQUIRE(runtime);
  const Workload workload = workload_of("mobilenet_v3_small", *runtime);
  REQUIRE(workload.alike.size() == workload.groups.size());
  std::uint32_t next = 0;
  std::vector<const GroupWork*> first;
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    const GroupWork& group = workload.groups[i];
    REQUIRE(workload.alike[i] <= next);
    if (workload.alike[i] == next) {
      ++next;
      first.push_back(&group);
    }
    const GroupWork& like = *first[workload.alike[i]];
    CHECK(group.kind == like.kind);
    CHECK(group.macs == like.macs);
    CHECK(group.flops == like.flops);
    CHECK(group.product == like.product);
    CHECK(group.weight_elements == like.weight_elements);
    CHECK(group.activation_elements_read == like.activation_elements_read);
    CHECK(group.activation_elements_written == like.activation_elements_written);
  }
}

TEST_CASE("an estimate is to the bit what it is with each group taken for itself") {
  for (const char* id : {"nvidia_h100_pcie", "rpi5", "kpu_t2"}) {
    const Result<Device> device = find_device(folder, id);
    REQUIRE(device);
    const Result<Runtime> runtime = find_runtime(folder + "/runtimes", default_runtime(*device));
    REQUIRE(runtime);
    const Result<Target> target = make_target(*device, device->operating_points[0], *runtime,
                                              {.precision = default_precision(*device)});
    REQUIRE(target);
    for (const char* network : {"resnet18", "googlenet", "bert_tiny"}) {
      CAPTURE(network);
      const Workload workload = workload_of(network, *runtime);
      Workload each = workload;
      each.alike.clear();
      const Estimate a = estimate(workload, *target, {.batch = 4}), b = estimate(each, *target, {.batch = 4});
      CHECK(a.latency == b.latency);
      CHECK(a.latency_low == b.latency_low);
      CHECK(a.latency_high == b.latency_high);
      CHECK(a.critical_path == b.critical_path);
      CHECK(a.if_lifted == b.if_lifted);
      CHECK(a.time_at == b.time_at);
      CHECK(a.amounts.bytes_off_chip == b.amounts.bytes_off_chip);
      REQUIRE(a.energy);
      CHECK(a.energy->total() == b.energy->total());
      for (std::size_t i = 0; i < a.groups.size(); ++i) CHECK(a.groups[i].total == b.groups[i].total);
    }
  }
}

}  // namespace
}  // namespace chipcast

#include "validate/audit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "model/machines.hpp"

namespace chipcast {
namespace {

// A vector engine of 1 TFLOP/s and a matrix engine of 8, 1 MB on the chip, 10 GB/s behind it, 1 W to 10 W.
Device chip() {
  Device device = machine(DeviceKind::npu);
  device.engines = {engine("vectors", 100, 1e9, Precision::fp32, 10),
                    engine("arrays", 100, 1e9, Precision::int8, 80)};
  device.engines[1].kind = EngineKind::matrix;
  device.memory = {level("scratch", MemoryScope::chip, 1 * megabyte, 100e9),
                   level("dram", MemoryScope::off_chip, 1 * gigabyte, 10e9)};
  device.max_power = sure(10.0 * watt);
  device.idle_power = sure(1.0 * watt);
  return device;
}

// 100 MMAC, half of them in 3x3 convolutions, and 2 MFLOP of other work.
NetworkFacts net() {
  return {.family = "nets",
          .parameters = 3'000'000,
          .model_bytes = 12 * megabyte,
          .macs = 100'000'000 * mac,
          .flops = 202'000'000 * flop,
          .flops_by_class = {{OperatorClass::standard_convolution, 100'000'000 * flop},
                             {OperatorClass::depthwise_convolution, 10'000'000 * flop},
                             {OperatorClass::pointwise_convolution, 90'000'000 * flop}},
          .activation = {.sum = 20 * megabyte, .peak = 4 * megabyte, .arena = 5 * megabyte}};
}

struct Audited {
  std::vector<Claim> claims;
  std::vector<Finding> findings;
  // The finding of a line of the table, the first row being 2.
  const Finding* at(int line, Fault fault) const {
    const auto found = std::ranges::find_if(
        findings, [&](const Finding& f) { return claims[f.claim].line == line && f.fault == fault; });
    return found == findings.end() ? nullptr : &*found;
  }
};

constexpr const char* head =
    "table,model,variant,device,precision,batch,boundary,metric,value,unit,as_printed,formula\n";

Audited audited(const std::string& rows) {
  Reference reference;
  reference.devices["chip"] = chip();
  reference.networks["net"] = net();
  NetworkFacts twice = net();
  twice.macs = 200'000'000 * mac;
  twice.flops = 404'000'000 * flop;
  reference.networks["net_x2"] = twice;
  Result<std::vector<Claim>> claims = parse_claims("t.csv", head + rows);
  REQUIRE_MESSAGE(claims, (claims ? "" : render(claims.diagnostics())));
  Audited result{.claims = *std::move(claims), .findings = {}};
  result.findings = audit(result.claims, reference);
  return result;
}

TEST_CASE("a table that is right in every respect gives no finding") {
  // 3 ms at int8: 200 MFLOP / 3 ms = 67 GFLOP/s; (3 MB - 1 MB) / 3 ms = 0.67 GB/s; 15 mJ / 3 ms = 5 W.
  const Audited a = audited(
      "t,net,,,,,,parameters,3.0,1,,\n"
      "t,net,,,,,,macs,100,MMAC,,\n"
      "t,net,,,,,,flops,202,MFLOP,,\n"
      "t,net,,,,,,flops_depthwise_convolution,10.0,MFLOP,,\n"
      "t,net,,,,,,flop_share_depthwise_convolution,4.95,%,,flops_depthwise_convolution / flops\n"
      "t,net,,,,,,activation_memory,20.0,MB,,\n"
      "t,net,,,int8,,,model_size,3.0,MB,,\n"
      "t,net,,,fp32,,,model_size,12.0,MB,,\n"
      "t,net,,chip,int8,1,,latency,3.00,ms,,\n"
      "t,net,,chip,int8,1,,throughput,333,1/s,,\n"
      "t,net,,chip,int8,1,,energy_per_inference,15.0,mJ,,\n"
      "t,net,,chip,int8,1,,power,5.00,W,,\n"
      "t,net,,chip,int8,1,,inferences_per_wh,240000,1,240K,\n"
      "t,,,chip,,,,battery_capacity,10,Wh,,\n"
      "t,,,chip,,,,inference_rate,100,1/s,,\n"
      "t,net,,chip,int8,1,,battery_life,6.67,h,,\n"
      "t,net_x2,,chip,int8,1,,latency,6.0,ms,,\n"
      "t,net_x2,,chip,int8,1,,gain,0.5,1,,latency[net] / latency\n"
      "t,unheard_of,,nowhere,,,,latency,1,ms,,\n");
  CHECK(a.findings.size() == 1);  // "3.0" parameters, which is deliberate
  const Finding* wrong = a.at(2, Fault::not_the_network);
  REQUIRE(wrong != nullptr);
  CHECK(wrong->implied == 3e6);
  CHECK(wrong->cause.find("10^6") != std::string::npos);
}

TEST_CASE("throughput is batch over latency: off by 10^3 is a unit prefix") {
  const Audited a = audited(
      "t,net,,chip,int8,1,,latency,3.00,ms,,\n"
      "t,net,,chip,int8,1,,throughput,0.333,1/s,,\n");
  const Finding* wrong = a.at(3, Fault::not_its_formula);
  REQUIRE(wrong != nullptr);
  CHECK(wrong->gravity == Gravity::error);
  CHECK(wrong->implied == doctest::Approx(1 / 3e-3));
  CHECK(wrong->cause.find("10^3: a unit prefix") != std::string::npos);
  CHECK(a.findings.size() == 1);
  CHECK(audited("t,net,,chip,int8,8,,latency,24.0,ms,,\nt,net,,chip,int8,8,,throughput,333,1/s,,\n")
            .findings.empty());
}

TEST_CASE("more throughput than batch over latency may be several in flight; less cannot be") {
  const std::string latency = "t,x,,y,int8,1,,latency,3.00,ms,,\n";
  const Audited more = audited(latency + "t,x,,y,int8,1,,throughput,1333,1/s,,\n");
  REQUIRE(more.findings.size() == 1);
  CHECK(more.findings[0].gravity == Gravity::warning);
  CHECK(more.findings[0].cause.find("in flight") != std::string::npos);
  CHECK(audited(latency + "t,x,,y,int8,1,,throughput,300,1/s,,\n").findings[0].gravity == Gravity::error);
  // Where the batch is not stated, 2,667/s x 3 ms say that it was 8.
  const Audited silent = audited("t,x,,y,int8,,,latency,3.00,ms,,\nt,x,,y,int8,,,throughput,2667,1/s,,\n");
  REQUIRE(silent.findings.size() == 1);
  CHECK(silent.findings[0].gravity == Gravity::warning);
  CHECK(silent.findings[0].cause == "the batch is not stated: it would have to be 8");
}

TEST_CASE("rate above the peak at the precision of the row") {
  // 0.02 ms: 200 MFLOP / 0.02 ms = 10 TFLOP/s, above the 8 of int8; at least 25 us.
  const Audited a = audited("t,net,,chip,int8,1,,latency,0.0200,ms,,\n");
  const Finding* wrong = a.at(2, Fault::above_peak);
  REQUIRE(wrong != nullptr);
  CHECK(wrong->gravity == Gravity::error);
  CHECK(wrong->side == Side::at_least);
  CHECK(wrong->implied == doctest::Approx(25e-6));
  // 0.05 ms: 4 TFLOP/s, fine at int8; at fp32 beyond 1 TFLOP/s however a convolution is computed: 125 of 200 MFLOP
  // are left when Winograd does a fourth of the 3x3 products, 2.5 TFLOP/s.
  CHECK(audited("t,net,,chip,int8,1,,latency,0.0500,ms,,\n").at(2, Fault::above_peak) == nullptr);
  const Audited fp32 = audited("t,net,,chip,fp32,1,,throughput,20000,1/s,,\n");
  REQUIRE(fp32.at(2, Fault::above_peak) != nullptr);
  CHECK(fp32.at(2, Fault::above_peak)->gravity == Gravity::error);
  CHECK(fp32.at(2, Fault::above_peak)->implied == doctest::Approx(5000));
}

TEST_CASE("slightly above the peak of vector engines, Winograd may be why; of matrix engines nothing is") {
  // 6,000/s: 1.2 TFLOP/s as counted, 0.75 with a fourth of the 3x3 products.
  const Audited a = audited("t,net,,chip,fp32,1,,throughput,6000,1/s,,\n");
  REQUIRE(a.at(2, Fault::above_peak) != nullptr);
  CHECK(a.at(2, Fault::above_peak)->gravity == Gravity::warning);
  CHECK(a.at(2, Fault::above_peak)->cause.find("Winograd") != std::string::npos);
  const Audited arrays = audited("t,net,,chip,int8,1,,throughput,48000,1/s,,\n");  // 9.6 of 8 TFLOP/s
  CHECK(arrays.at(2, Fault::above_peak)->gravity == Gravity::error);
}

TEST_CASE("where the network is unknown, the FLOPs that the table prints tell the rate") {
  const Audited a = audited(
      "a,x,,,,,,flops,1.00,GFLOP,,\n"
      "b,x,,chip,int8,1,,throughput,10000,1/s,10.0K,\n");  // 10 TFLOP/s
  REQUIRE(a.at(3, Fault::above_peak) != nullptr);
  CHECK(a.at(3, Fault::above_peak)->implied == doctest::Approx(8000));
  CHECK(a.at(3, Fault::above_peak)->derivation.find("as printed") != std::string::npos);
}

TEST_CASE("bytes above the bandwidth: weights that fit on the chip need not cross") {
  // 2 MB of the 3 MB at int8 cross once a batch: 10 GB/s allow 5,000 batches a second.
  const Audited a = audited("t,net,,chip,int8,1,,throughput,6000,1/s,,\n");
  REQUIRE(a.at(2, Fault::above_bandwidth) != nullptr);
  CHECK(a.at(2, Fault::above_bandwidth)->implied == doctest::Approx(5000));
  CHECK(a.findings.size() == 1);
  CHECK(audited("t,net,,chip,int8,2,,throughput,6000,1/s,,\n").findings.empty());
  CHECK(audited("t,net,,chip,int4,1,,latency,1,ms,,\n").findings.empty());
}

TEST_CASE("power above the maximum or below idle, from energy and speed, from power, from a battery's life") {
  const std::string speed = "t,net,,chip,int8,1,,throughput,333,1/s,,\n";
  const Audited hot = audited(speed + "t,net,,chip,int8,1,,energy_per_inference,0.300,J,,\n");  // 100 W
  REQUIRE(hot.at(3, Fault::above_power) != nullptr);
  CHECK(hot.at(3, Fault::above_power)->implied == doctest::Approx(10.0 / 333));
  CHECK(hot.at(3, Fault::above_power)->side == Side::at_most);
  const Audited cold = audited(speed + "t,net,,chip,int8,1,,energy_per_inference,0.300,mJ,,\n");  // 0.1 W
  REQUIRE(cold.at(3, Fault::below_idle) != nullptr);
  CHECK(cold.at(3, Fault::below_idle)->side == Side::at_least);
  CHECK(cold.at(3, Fault::below_idle)->implied == doctest::Approx(1.0 / 333));
  CHECK(audited("t,net,,chip,,,,power,20,W,,\n").at(2, Fault::above_power) != nullptr);
  CHECK(audited("t,net,,chip,,,wall,power,20,W,,\n").findings.empty());
  // 10 Wh for 100 hours are 0.1 W; at 1 W they last 10 hours.
  const Audited battery = audited("t,,,,,,,battery_capacity,10,Wh,,\nt,net,,chip,,,,battery_life,100,h,,\n");
  REQUIRE(battery.at(3, Fault::below_idle) != nullptr);
  CHECK(battery.at(3, Fault::below_idle)->side == Side::at_most);
  CHECK(battery.at(3, Fault::below_idle)->implied == doctest::Approx(36'000));
}

TEST_CASE("energy times rate is power; a battery lasts capacity over power") {
  const Audited power = audited(
      "t,x,,y,,1,,throughput,100,1/s,,\n"
      "t,x,,y,,1,,energy_per_inference,0.0500,J,,\n"
      "t,x,,y,,1,,power,2.00,W,,\n");
  REQUIRE(power.at(4, Fault::not_its_formula) != nullptr);
  CHECK(power.at(4, Fault::not_its_formula)->implied == doctest::Approx(5));
  const Audited battery = audited(
      "t,,,,,,,battery_capacity,10,Wh,,\n"
      "t,,,,,,,inference_rate,1,1/s,,\n"
      "t,x,,y,,,,energy_per_inference,0.0290,J,,\n"
      "t,x,,y,,,,battery_life,1435,day,\"1,435\",\n");
  const Finding* wrong = battery.at(5, Fault::not_its_formula);
  REQUIRE(wrong != nullptr);
  CHECK(wrong->implied == doctest::Approx(36'000 / 0.029));  // 14.4 days
  CHECK(wrong->cause.find("100") != std::string::npos);
}

TEST_CASE("ratio columns: what is cut off or its last digit is a note, an inverse is called so") {
  const std::string rows = "t,a,,,,,,cost,1.00,1,,\nt,b,,,,,,cost,1.60,1,,\n";
  const auto gravity_of = [&](const std::string& printed) -> std::string {
    const Audited a = audited(rows + "t,b,,,,,,ratio," + printed + ",1,,cost / cost[a]\n");
    return a.findings.empty() ? "" : std::string(name(a.findings[0].gravity)) + ", " + a.findings[0].cause;
  };
  // 1.595 / 1.005 to 1.605 / 0.995: 1.587 to 1.613.
  CHECK(gravity_of("1.6") == "");
  CHECK(gravity_of("2") == "");
  CHECK(gravity_of("1.5") == "note, cut off where it should be rounded");
  CHECK(gravity_of("1") == "warning, cut off where it should be rounded");
  CHECK(gravity_of("1.62") == "note, its last digit");
  CHECK(gravity_of("0.625") == "error, the inverse of its formula");
  CHECK(gravity_of("2.5") == "error, ");
  CHECK(gravity_of("1600") == "error, off by 10^3: a unit prefix");
}

TEST_CASE("a score column without a formula: rows that leave the one that most rows follow") {
  const auto row = [](const std::string& model, double p, double f, double score) {
    return "t," + model + ",,,,,,p_ratio," + std::to_string(p) + ",1,,\nt," + model + ",,,,,,f_ratio," +
           std::to_string(f) + ",1,,\nt," + model + ",,,,,,efficiency_score," + std::to_string(score) +
           ",1,,\n";
  };
  const Audited a = audited(row("a", 1, 1, 1) + row("b", 2, 4, 2) + row("c", 2, 6, 3) + row("d", 5, 2, 2.5) +
                            row("e", 1, 2, 7));
  REQUIRE(a.findings.size() == 2);
  const Finding* inverse = a.at(13, Fault::mixed_formulas);
  REQUIRE(inverse != nullptr);
  CHECK(inverse->implied == doctest::Approx(0.4));
  CHECK(inverse->cause.find("inverse") != std::string::npos);
  CHECK(a.at(16, Fault::mixed_formulas) != nullptr);
}

TEST_CASE("the network's own counts: MACs for FLOPs, operators counted thrice, another class") {
  const auto cause_of = [](const std::string& row) -> std::string {
    const Audited a = audited(row);
    return a.findings.empty() ? "" : std::string(name(a.findings[0].gravity)) + ", " + a.findings[0].cause;
  };
  CHECK(cause_of("t,net,,,,,,flops,200,MFLOP,,\n") == "");
  CHECK(cause_of("t,net,,,,,,flops,100,MFLOP,,\n") == "error, off by 2: MACs and FLOPs");
  CHECK(cause_of("t,net,,,,,,macs,200,MMAC,,\n") == "error, off by 2: MACs and FLOPs");
  CHECK(cause_of("t,net,,,,,,flops,0.61,GFLOP,,\n").find("counted more than once") != std::string::npos);
  CHECK(cause_of("t,net,,,,,,flops,210,MFLOP,,\n") ==
        "warning, batch normalization and elementwise work counted apart");
  CHECK(cause_of("t,net,,,,,,parameters,3100000,1,3.1M,\n").starts_with("warning, another width"));
  CHECK(cause_of("t,net,,,,,,parameters,3000000,1,3.0M,\n") == "");
  CHECK(cause_of("t,net,,,,,,flops_depthwise_convolution,10.0,MFLOP,,\n") == "");
  CHECK(cause_of("t,net,,,,,,flops_depthwise_convolution,66,MFLOP,,\n").starts_with("error"));
}

TEST_CASE("activation memory lies between what is live at once and all outputs together") {
  CHECK(audited("t,net,,,,,,activation_memory,5.0,MB,,\n").findings.empty());
  const Audited above = audited("t,net,,,,,,activation_memory,31.4,MB,,\n");
  REQUIRE(above.at(2, Fault::not_the_activations) != nullptr);
  CHECK(above.at(2, Fault::not_the_activations)->implied == 20e6);
  CHECK(above.at(2, Fault::not_the_activations)->gravity == Gravity::error);
  CHECK(audited("t,net,,,,,,activation_memory,22,MB,,\n").findings[0].gravity == Gravity::warning);
  const Audited below = audited("t,net,,,int8,,,activation_memory,0.10,MB,,\n");  // 4 MB at fp32: 1 MB
  REQUIRE(below.at(2, Fault::not_the_activations) != nullptr);
  CHECK(below.at(2, Fault::not_the_activations)->implied == 1e6);
}

TEST_CASE("sizes fit the precision; MiB printed as MB are a note") {
  const Audited a = audited("t,net,,,fp32,,,model_size,3.00,MB,,\n");
  REQUIRE(a.at(2, Fault::not_the_precision) != nullptr);
  CHECK(a.at(2, Fault::not_the_precision)->implied == 12e6);
  CHECK(a.at(2, Fault::not_the_precision)->cause == "the size at 8 bits each");
  const Audited mebi = audited("t,net,,,fp32,,,model_size,11.44,MB,,\n");  // 12e6 / 2^20
  REQUIRE(mebi.findings.size() == 1);
  CHECK(mebi.findings[0].gravity == Gravity::note);
  CHECK(mebi.findings[0].cause == "MiB printed as MB");
  CHECK(audited("t,net,pruned,,fp32,,,model_size,3.00,MB,,\n").findings.empty());
}

TEST_CASE("faster than a smaller sibling by a margin") {
  const std::string smaller = "t,net,,y,fp32,1,,latency,10.0,ms,,\n";
  const Audited a = audited(smaller + "t,net_x2,,y,fp32,1,,latency,5.0,ms,,\n");
  REQUIRE(a.at(3, Fault::faster_than_smaller) != nullptr);
  CHECK(a.at(3, Fault::faster_than_smaller)->gravity == Gravity::warning);
  CHECK(audited(smaller + "t,net_x2,,y,fp32,1,,latency,9.5,ms,,\n").findings.empty());
  CHECK(audited(smaller + "t,net_x2,,y,int8,1,,latency,5.0,ms,,\n").findings.empty());  // not measured alike
}

TEST_CASE("fp16 slower than fp32 by 20 and more has no kernel") {
  const std::string wide = "t,x,,y,fp32,1,,latency,10.0,ms,,\n";
  const Audited a = audited(wide + "t,x,,y,fp16,1,,latency,250,ms,,\n");
  REQUIRE(a.at(3, Fault::no_kernel) != nullptr);
  CHECK(a.at(3, Fault::no_kernel)->cause.find("fp16") != std::string::npos);
  CHECK(audited(wide + "t,x,,y,fp16,1,,latency,150,ms,,\n").findings.empty());
}

TEST_CASE("two rows about one thing must not differ by more than their rounding") {
  CHECK(audited("t,x,,y,,,,latency,10,ms,,\nu,x,,y,,,,latency,10.4,ms,,\n").findings.empty());
  const Audited a = audited("t,x,,y,,,,latency,10,ms,,\nt,x,,y,,,,latency,12,ms,,\n");
  REQUIRE(a.at(3, Fault::contradicts_itself) != nullptr);
  CHECK(a.at(3, Fault::contradicts_itself)->derivation.find("line 2") != std::string::npos);
}

TEST_CASE("figures that are all FLOPs over one constant were computed; one that leaves it is named") {
  std::string rows;
  for (int i = 1; i <= 6; ++i) {
    const std::string model = "m" + std::to_string(i);
    rows += "t," + model + ",,,,,,flops," + std::to_string(i) + ".00,GFLOP,,\n";
    rows +=
        "t," + model + ",,y,,,,energy_per_inference," + std::to_string(i == 3 ? 240 : 100 * i) + ",mJ,,\n";
  }
  const Audited a = audited(rows);
  REQUIRE(a.findings.size() == 2);
  REQUIRE(a.at(3, Fault::one_rate) != nullptr);
  CHECK(a.at(3, Fault::one_rate)->gravity == Gravity::note);
  CHECK(a.at(3, Fault::one_rate)->derivation.find("100 pJ/FLOP") != std::string::npos);
  REQUIRE(a.at(7, Fault::off_the_one_rate) != nullptr);
  CHECK(a.at(7, Fault::off_the_one_rate)->implied == doctest::Approx(0.3));
  // One network over and over has one rate, of course.
  std::string again = "t,m1,,,,,,flops,1.00,GFLOP,,\n";
  for (int i = 0; i < 6; ++i) again += "t,m1,,y,,,,energy_per_inference,100,mJ,,\n";
  CHECK(audited(again).findings.empty());
}

}  // namespace
}  // namespace chipcast

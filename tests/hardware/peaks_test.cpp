// Peaks, bandwidths and powers of shipped devices against what their vendors print. Each expectation is worked out from
// public figures in its line, independent of how the file arrives at it.
#include <doctest/doctest.h>

#include <string>

#include "hardware/read_device.hpp"

namespace chipcast {
namespace {

Device shipped(const std::string& id) {
  Result<Device> device = find_device(CHIPCAST_SOURCE_DIR "/hardware_specs", id);
  REQUIRE_MESSAGE(device, id);
  return *device;
}

// In TFLOP/s, of a product or of elementwise work, on the engine that gets it.
double peak(const Device& device, Precision precision, const std::string& point, bool is_product = true) {
  const OperatingPoint* at = device.operating_point(point);
  REQUIRE_MESSAGE(at != nullptr, point);
  const std::optional<Placement> where = placement(device, precision, is_product, *at);
  REQUIRE(where);
  return joint_peak_rate(device, where->engine, where->runs_as, *at).in_base_units() / 1e12;
}

double outermost_bandwidth(const Device& device, const std::string& point) {
  return bandwidth(device, device.memory.size() - 1, *device.operating_point(point)).in_base_units() / 1e9;
}

constexpr double rounding = 0.03;  // vendors print two or three digits

TEST_CASE(
    "NVIDIA H100: 756 TFLOP/s FP16 dense on PCIe, 989 on SXM5 (NVIDIA H100 datasheet, 1,513 and 1,979 with "
    "sparsity)") {
  CHECK(peak(shipped("nvidia_h100_pcie"), Precision::fp16, "boost") ==
        doctest::Approx(1513.0 / 2).epsilon(rounding));
  CHECK(peak(shipped("nvidia_h100_pcie"), Precision::int8, "boost") ==
        doctest::Approx(3026.0 / 2).epsilon(rounding));
  CHECK(peak(shipped("nvidia_h100_pcie"), Precision::fp32, "boost") ==
        doctest::Approx(51.0).epsilon(rounding));
  CHECK(outermost_bandwidth(shipped("nvidia_h100_pcie"), "boost") == doctest::Approx(2000.0));
  CHECK(peak(shipped("nvidia_h100_sxm"), Precision::bf16, "boost") ==
        doctest::Approx(1979.0 / 2).epsilon(rounding));
  CHECK(peak(shipped("nvidia_h100_sxm"), Precision::fp8, "boost") ==
        doctest::Approx(3958.0 / 2).epsilon(rounding));
  CHECK(outermost_bandwidth(shipped("nvidia_h100_sxm"), "boost") == doctest::Approx(3350.0));
  CHECK(outermost_bandwidth(shipped("nvidia_h200"), "boost") == doctest::Approx(4800.0));
  CHECK(peak(shipped("nvidia_h200"), Precision::fp16, "boost") ==
        doctest::Approx(1979.0 / 2).epsilon(rounding));
}

TEST_CASE("NVIDIA A100: 312 TFLOP/s FP16, 624 TOP/s INT8, 19.5 TFLOP/s FP32 (NVIDIA A100 datasheet)") {
  for (const char* id : {"nvidia_a100_pcie", "nvidia_a100_sxm"}) {
    CHECK(peak(shipped(id), Precision::fp16, "boost") == doctest::Approx(312.0).epsilon(rounding));
    CHECK(peak(shipped(id), Precision::int8, "boost") == doctest::Approx(624.0).epsilon(rounding));
    CHECK(peak(shipped(id), Precision::tf32, "boost") == doctest::Approx(156.0).epsilon(rounding));
    CHECK(peak(shipped(id), Precision::fp32, "boost") == doctest::Approx(19.5).epsilon(rounding));
  }
  CHECK(outermost_bandwidth(shipped("nvidia_a100_pcie"), "boost") == doctest::Approx(1935.0));
  CHECK(outermost_bandwidth(shipped("nvidia_a100_sxm"), "boost") == doctest::Approx(2039.0));
}

TEST_CASE("NVIDIA inference and graphics cards reach what their datasheets print") {
  CHECK(peak(shipped("nvidia_l4"), Precision::int8, "boost") == doctest::Approx(485.0 / 2).epsilon(rounding));
  CHECK(peak(shipped("nvidia_t4"), Precision::fp16, "boost") == doctest::Approx(65.0).epsilon(rounding));
  CHECK(peak(shipped("nvidia_v100"), Precision::fp16, "boost") == doctest::Approx(125.0).epsilon(rounding));
  CHECK(peak(shipped("nvidia_p4"), Precision::int8, "boost") == doctest::Approx(22.0).epsilon(rounding));
  // GA102 whitepaper, FP16 tensor with FP32 accumulation; Ada whitepaper, the same.
  CHECK(peak(shipped("nvidia_rtx_3090"), Precision::fp16, "boost") ==
        doctest::Approx(71.0).epsilon(rounding));
  CHECK(peak(shipped("nvidia_rtx_4090"), Precision::fp16, "boost") ==
        doctest::Approx(165.2).epsilon(rounding));
  CHECK(peak(shipped("nvidia_rtx_4090"), Precision::fp32, "boost") ==
        doctest::Approx(82.6).epsilon(rounding));
}

TEST_CASE(
    "Google TPU v4: 275 TFLOP/s = 2 cores x 4 MXUs x 128 x 128 x 2 x 1.05 GHz; v5e: 197 (Google Cloud "
    "documentation)") {
  const double v4 = 2 * 4 * 128.0 * 128.0 * 2 * 1.05e9 / 1e12;  // 275.25
  CHECK(peak(shipped("google_tpu_v4"), Precision::bf16, "nominal") == doctest::Approx(v4));
  CHECK(peak(shipped("google_tpu_v5e"), Precision::bf16, "nominal") ==
        doctest::Approx(197.0).epsilon(rounding));
  CHECK(peak(shipped("google_tpu_v5e"), Precision::int8, "nominal") ==
        doctest::Approx(393.0).epsilon(rounding));
  CHECK(outermost_bandwidth(shipped("google_tpu_v4"), "nominal") == doctest::Approx(1200.0));
  // XLA's default precision: products of FP32 take bf16 passes of the MXU, elementwise work stays on the vector unit.
  CHECK(peak(shipped("google_tpu_v4"), Precision::fp32, "nominal") == doctest::Approx(v4));
  CHECK(peak(shipped("google_tpu_v4"), Precision::fp32, "nominal", false) < v4 / 20);
}

TEST_CASE(
    "Jetson AGX Orin: 170 sparse INT8 TOPS on the GPU at MAXN, and less in every lower mode (technical "
    "brief)") {
  const Device orin = shipped("jetson_agx_orin");
  CHECK(peak(orin, Precision::int8, "maxn") == doctest::Approx(170.0 / 2).epsilon(rounding));
  CHECK(peak(orin, Precision::fp32, "maxn") == doctest::Approx(5.3).epsilon(rounding));
  // 816 of 1300 MHz; 8 of 16 SMs at 612 MHz; 6 of 16 at 408 MHz.
  CHECK(peak(orin, Precision::int8, "50w") == doctest::Approx(85.0 * 816 / 1300).epsilon(rounding));
  CHECK(peak(orin, Precision::int8, "30w") == doctest::Approx(85.0 * 8 / 16 * 612 / 1300).epsilon(rounding));
  CHECK(peak(orin, Precision::int8, "15w") == doctest::Approx(85.0 * 6 / 16 * 408 / 1300).epsilon(rounding));
  CHECK(peak(shipped("jetson_orin_nano"), Precision::int8, "15w") ==
        doctest::Approx(40.0 / 2).epsilon(rounding));
  CHECK(peak(shipped("jetson_orin_nx"), Precision::int8, "25w") ==
        doctest::Approx(60.0 / 2).epsilon(rounding));
}

TEST_CASE("CPUs: cores x FMA ports x lanes x 2 x clock") {
  // Golden Cove: two 256-bit FMAs (8 lanes each); Gracemont: two of 128 bits. Base clocks from ark.intel.com.
  const double i7_base = (8 * 2 * 8 * 2 * 3.6e9 + 4 * 2 * 4 * 2 * 2.7e9) / 1e12;  // 1.09 TFLOP/s
  CHECK(peak(shipped("intel_i7_12700k"), Precision::fp32, "base") == doctest::Approx(i7_base));
  // The nominal 1.2 to 1.4 TFLOP/s of the part lie between base and sustained.
  CHECK(peak(shipped("intel_i7_12700k"), Precision::fp32, "sustained") > 1.2);
  CHECK(peak(shipped("intel_i7_12700k"), Precision::fp32, "sustained") < 1.5);
  // Zen 4: two 256-bit FMAs, 512-bit instructions take two passes.
  CHECK(peak(shipped("amd_ryzen9_8945hs"), Precision::fp32, "base") ==
        doctest::Approx(8 * 2 * 8 * 2 * 4.0e9 / 1e12));
  // Skylake-X class: two 512-bit FMAs.
  CHECK(peak(shipped("intel_i9_10940x"), Precision::fp32, "base") ==
        doctest::Approx(14 * 2 * 16 * 2 * 3.3e9 / 1e12));
  // AMX: 1,024 bf16 and 2,048 int8 operations a cycle and core, as Intel prints.
  CHECK(peak(shipped("intel_xeon_8480plus"), Precision::int8, "base") ==
        doctest::Approx(56 * 2048 * 2.0e9 / 1e12));
  // Cortex-A72: one 128-bit FMA a cycle; Cortex-A76: two; twice that in fp16, four times in int8 dot products.
  CHECK(peak(shipped("rpi4"), Precision::fp32, "nominal") == doctest::Approx(4 * 1 * 4 * 2 * 1.5e9 / 1e12));
  CHECK(peak(shipped("rpi5"), Precision::fp32, "nominal") == doctest::Approx(4 * 2 * 4 * 2 * 2.4e9 / 1e12));
  CHECK(peak(shipped("rpi5"), Precision::fp16, "nominal") == doctest::Approx(4 * 2 * 8 * 2 * 2.4e9 / 1e12));
  CHECK(peak(shipped("jetson_agx_orin_cpu"), Precision::int8, "maxn") ==
        doctest::Approx(12 * 2 * 16 * 2 * 2.2e9 / 1e12));
}

TEST_CASE("DRAM bandwidth: channels x bytes x transfers") {
  CHECK(outermost_bandwidth(shipped("intel_i7_12700k"), "base") ==
        doctest::Approx(2 * 8 * 4.8));  // DDR5-4800
  CHECK(outermost_bandwidth(shipped("amd_ryzen9_8945hs"), "base") ==
        doctest::Approx(2 * 8 * 5.6));  // DDR5-5600
  CHECK(outermost_bandwidth(shipped("intel_i9_10940x"), "base") ==
        doctest::Approx(4 * 8 * 2.933).epsilon(0.01));
  CHECK(outermost_bandwidth(shipped("intel_xeon_8480plus"), "base") == doctest::Approx(8 * 8 * 4.8));
  CHECK(outermost_bandwidth(shipped("jetson_agx_orin"), "maxn") == doctest::Approx(32 * 6.4));  // LPDDR5-6400
  CHECK(outermost_bandwidth(shipped("rpi5"), "nominal") == doctest::Approx(4 * 4.267).epsilon(0.01));
}

TEST_CASE("KPU: the published rates, 2 TOPS and 165 GB/s, 100 TFLOP/s and 1000 GB/s") {
  CHECK(peak(shipped("kpu_t2"), Precision::int8, "nominal") == doctest::Approx(2.0).epsilon(0.001));
  CHECK(outermost_bandwidth(shipped("kpu_t2"), "nominal") == doctest::Approx(165.0));
  CHECK(peak(shipped("kpu_t100"), Precision::bf16, "nominal") == doctest::Approx(100.0).epsilon(0.001));
  CHECK(outermost_bandwidth(shipped("kpu_t100"), "nominal") == doctest::Approx(1000.0));
}

TEST_CASE("a lacking precision goes where the file says: fp32 on KPU-T2 runs as int8, int4 on H100 as int8") {
  const Device kpu = shipped("kpu_t2");
  CHECK(placement(kpu, Precision::fp32, true, kpu.operating_points[0])->runs_as == Precision::int8);
  const Device h100 = shipped("nvidia_h100_pcie");
  const OperatingPoint& boost = h100.operating_points[0];
  CHECK(placement(h100, Precision::int4, true, boost)->runs_as == Precision::int8);
  CHECK(h100.engines[placement(h100, Precision::fp16, true, boost)->engine].name == "tensor");
  // Tensor cores do products only, so additions in fp16 go to the CUDA cores.
  CHECK(h100.engines[placement(h100, Precision::fp16, false, boost)->engine].name == "cuda");
}

TEST_CASE("cache bandwidth follows the clock and, in a core, the cores switched on; DRAM does not") {
  const Device orin = shipped("jetson_agx_orin");
  const OperatingPoint& maxn = *orin.operating_point("maxn");
  const OperatingPoint& low = *orin.operating_point("30w");
  CHECK(bandwidth(orin, 0, low) / bandwidth(orin, 0, maxn) ==
        doctest::Approx(8.0 / 16 * 612 / 1300));                                               // of the SMs
  CHECK(bandwidth(orin, 1, low) / bandwidth(orin, 1, maxn) == doctest::Approx(612.0 / 1300));  // shared
  CHECK(bandwidth(orin, 2, low) == bandwidth(orin, 2, maxn));
}

}  // namespace
}  // namespace chipcast

// What is read of a stored tensor, and what is not.
#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "import/onnx_writer.hpp"

namespace chipcast {
namespace {

using namespace onnx_writer;

// A network that stores one tensor, 'w'.
std::string storing(const std::string& tensor) {
  return model({.inputs = {value("x", f32, {extent(1)})},
                .outputs = {untyped("y")},
                .nodes = {node("Relu", {"x"}, {"y"})},
                .initializers = {tensor}});
}

Tensor stored(const std::string& tensor, const std::string& path = "net.onnx") {
  Result<Graph> graph = parse(storing(tensor), path);
  REQUIRE_MESSAGE(graph, (graph ? "" : render(graph.diagnostics())));
  return graph->tensor(0);
}

std::string complaint_of(const std::string& tensor) { return complaint(storing(tensor)); }

const std::string in_w = "net.onnx: error: initializer 'w': ";

}  // namespace

TEST_CASE("integers and booleans are read from raw bytes, of every width and sign") {
  CHECK(stored(raw_tensor("w", i64, {2}, raw(Ints{-1, 1LL << 40}))).value->ints == Ints{-1, 1LL << 40});
  CHECK(stored(raw_tensor("w", i32, {2}, raw(std::vector<std::int32_t>{-7, 7}))).value->ints == Ints{-7, 7});
  CHECK(stored(raw_tensor("w", i8, {2}, raw(std::vector<std::int8_t>{-128, 127}))).value->ints ==
        Ints{-128, 127});
  CHECK(stored(raw_tensor("w", u8, {2}, raw(std::vector<std::uint8_t>{0, 255}))).value->ints == Ints{0, 255});
  CHECK(stored(raw_tensor("w", u64, {1}, raw(std::vector<std::uint64_t>{~0ULL}))).value->ints ==
        Ints{saturated});
  CHECK(stored(raw_tensor("w", boolean, {3}, std::string("\0\1\2", 3))).value->ints == Ints{0, 1, 1});
  CHECK(stored(raw_tensor("w", i4, {3}, "\xF8\x07")).value->ints == Ints{-8, -1, 7});  // low half first
  CHECK(stored(raw_tensor("w", u4, {3}, "\xF8\x07")).value->ints == Ints{8, 15, 7});
}

TEST_CASE("floating point is read from raw bytes, of every width") {
  using Reals = std::vector<double>;
  CHECK(stored(raw_tensor("w", f32, {2}, raw(std::vector<float>{0.5F, -2}))).value->reals == Reals{0.5, -2});
  CHECK(stored(raw_tensor("w", f64, {1}, raw(std::vector<double>{0.1}))).value->reals == Reals{0.1});
  // 1.5 = 0x3E00, -2^-24 (the smallest) = 0x8001, infinity = 0x7C00 in IEEE binary16.
  const auto half =
      stored(raw_tensor("w", f16, {3}, raw(std::vector<std::uint16_t>{0x3E00, 0x8001, 0x7C00}))).value;
  CHECK(half->reals == Reals{1.5, -1.0 / (1 << 24), std::numeric_limits<double>::infinity()});
  // bfloat16 is the upper half of a float: 1.5F = 0x3FC00000.
  CHECK(stored(raw_tensor("w", bf16, {1}, raw(std::vector<std::uint16_t>{0x3FC0}))).value->reals ==
        Reals{1.5});
}

TEST_CASE("elements are read from typed fields, packed or not") {
  std::string packed = tensor_head("w", i64, {3});
  const Ints three = {1, -2, 3};
  pbf_writer(packed).add_packed_int64(7, three.begin(), three.end());
  CHECK(stored(packed).value->ints == three);

  std::string unpacked = tensor_head("w", boolean, {2});
  pbf_writer(unpacked).add_int32(5, 1);
  pbf_writer(unpacked).add_int32(5, 0);
  CHECK(stored(unpacked).value->ints == Ints{1, 0});

  std::string floats = tensor_head("w", f32, {2});
  const std::vector<float> two = {0.5F, 4};
  pbf_writer(floats).add_packed_float(4, two.begin(), two.end());
  CHECK(stored(floats).value->reals == std::vector{0.5, 4.0});

  std::string doubles = tensor_head("w", f64, {1});
  pbf_writer(doubles).add_double(10, 0.1);
  CHECK(stored(doubles).value->reals == std::vector{0.1});

  std::string half = tensor_head("w", f16, {1});
  pbf_writer(half).add_int32(5, 0x3E00);
  CHECK(stored(half).value->reals == std::vector{1.5});

  std::string unsigned_long = tensor_head("w", u64, {1});
  pbf_writer(unsigned_long).add_uint64(11, 9);
  CHECK(stored(unsigned_long).value->ints == Ints{9});

  std::string nibbles = tensor_head("w", i4, {3});  // two to a place
  pbf_writer(nibbles).add_int32(5, 0xF8);
  pbf_writer(nibbles).add_int32(5, 0x07);
  CHECK(stored(nibbles).value->ints == Ints{-8, -1, 7});

  std::string words = tensor_head("w", text, {2});
  pbf_writer(words).add_string(6, "a");
  pbf_writer(words).add_string(6, "b");
  CHECK(stored(words).type == TensorType{DType::text, {2}});
}

TEST_CASE("what is too large to be a shape or a scale is not read") {
  CHECK(stored(raw_tensor("w", i8, {4096}, std::string(4096, '\1'))).value != nullptr);
  CHECK(stored(raw_tensor("w", i8, {4097}, std::string(4097, '\1'))).value == nullptr);
  CHECK(stored(zeros("w", {64})).value != nullptr);
  CHECK(stored(zeros("w", {65})).value == nullptr);
  CHECK(stored(zeros("w", {65})).type == TensorType{DType::float32, {65}});
}

TEST_CASE("a tensor that contradicts its own shape is refused") {
  CHECK(complaint_of(raw_tensor("w", f32, {64, 3}, "abc")) ==
        in_w + "it holds 3 bytes, but 64x3 of float32 takes 768\n");
  CHECK(complaint_of(raw_tensor("w", i4, {3}, "abc")) == in_w + "it holds 3 bytes, but 3 of int4 takes 2\n");
  std::string one_of_two = tensor_head("w", i64, {2});
  pbf_writer(one_of_two).add_int64(7, 1);
  CHECK(complaint_of(one_of_two) == in_w + "it holds 1 elements, but 2 of int64 has 2\n");
  std::string many = tensor_head("w", f32, {2});
  const std::vector<float> hundred(100);
  pbf_writer(many).add_packed_float(4, hundred.begin(), hundred.end());
  CHECK(complaint_of(many) == in_w + "it holds 100 elements, but 2 of float32 has 2\n");
  CHECK(complaint_of(tensor_head("w", f32, {2})) ==
        in_w +
            "it has shape 2 but no data\n"
            "  export the network with its weights, in the file or beside it (external data)\n");
  CHECK(complaint_of(raw_tensor("w", text, {1}, "a")) == in_w + "it holds strings as raw bytes\n");
  CHECK(complaint_of(tensor_head("w", f32, {0})) == "");
}

TEST_CASE("impossible shapes and types are refused") {
  CHECK(complaint_of(raw_tensor("w", f32, {4, -3}, "")) == in_w + "it has a negative extent (-3)\n");
  CHECK(complaint_of(raw_tensor("w", f32, {1LL << 40, 1LL << 40}, "")) ==
        in_w + "it has shape 1099511627776x1099511627776: more than 2^50 elements\n");
  CHECK(complaint_of(raw_tensor("w", f32, Ints(65, 1), "")) == in_w + "it has more than 64 dimensions\n");
  CHECK(complaint_of(raw_tensor("w", 99, {1}, "")) ==
        in_w + "it has elements of type 99, which chipcast does not know\n");
  CHECK(complaint_of(raw_tensor("w", 0, {1}, "")) ==
        in_w + "it has elements of type 0, which chipcast does not know\n");
  std::string segmented = zeros("w", {1});
  pbf_writer(segmented).add_message(3, std::string());
  CHECK(complaint_of(segmented) == in_w + "it is stored in segments, which no ONNX tool supports\n");
}

TEST_CASE("a sparse tensor with more values than places is refused") {
  std::string sparse;
  pbf_writer(sparse).add_message(1, zeros("s", {5}));
  pbf_writer(sparse).add_int64(3, 4);
  CHECK(complaint(model({.outputs = {untyped("s")}, .sparse_initializers = {sparse}})) ==
        "net.onnx: error: initializer 's': it holds 5 values, which do not fit into a sparse tensor of shape "
        "4\n");
}

// ---- data outside the file

namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("chipcast_external_" + std::to_string(::getpid()));
  Folder() {
    fs::create_directories(path / "model");
    std::ofstream(path / "model" / "weights.bin", std::ios::binary)
        << std::string(8, '\x7F') << raw(Ints{3, 4});
    std::ofstream(path / "outside.bin", std::ios::binary) << raw(Ints{3, 4});
    fs::create_symlink(path / "outside.bin", path / "model" / "link.bin");
  }
  ~Folder() { fs::remove_all(path); }
  std::string model() const { return (path / "model" / "net.onnx").string(); }
};

}  // namespace

TEST_CASE("data outside the file need not be there") {
  const Tensor w = stored(external_tensor("w", f32, {1000, 1000}, "nowhere.bin", "0", "4000000"));
  CHECK(w.type == TensorType{DType::float32, {1000, 1000}});
  CHECK(stored(external_tensor("w", i64, {2}, "nowhere.bin")).value == nullptr);
}

TEST_CASE("small integers are read from a file beside the model, and from nowhere else") {
  const Folder folder;
  const auto two_from = [&](const std::string& location, const std::string& offset = "") {
    return stored(external_tensor("w", i64, {2}, location, offset), folder.model()).value;
  };
  REQUIRE(two_from("weights.bin", "8"));
  CHECK(two_from("weights.bin", "8")->ints == Ints{3, 4});
  CHECK(two_from("weights.bin", "16") == nullptr);  // reaches past the end
  CHECK(two_from("weights.bin", "9223372036854775807") == nullptr);
  CHECK(two_from("../outside.bin") == nullptr);
  CHECK(two_from((folder.path / "outside.bin").string()) == nullptr);
  CHECK(two_from("link.bin") == nullptr);  // a link that leads outside
  CHECK(two_from(".") == nullptr);
  CHECK(two_from("../model/weights.bin", "8") != nullptr);
}

TEST_CASE("an external length that contradicts the shape is refused") {
  CHECK(complaint_of(external_tensor("w", f32, {2}, "w.bin", "0", "7")) ==
        in_w + "it holds 7 bytes, but 2 of float32 takes 8\n");
  CHECK(complaint_of(external_tensor("w", f32, {2}, "w.bin", "-1")) ==
        in_w + "it names an external file with an offset or length that is no number\n");
}

}  // namespace chipcast

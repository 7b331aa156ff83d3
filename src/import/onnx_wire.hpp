// import/onnx_wire.hpp: ONNX's protobuf messages read in place, field by field, and the numbers of their fields.
//
//   for (Fields fields(reading, message); fields.next();) {
//     if (fields.is(node_field::op_type)) kind = fields.bytes();
//     else fields.skip();
//   }
//
// A field of a known number but another wire type is skipped as an unknown one, as protobuf demands. Bytes that are
// no protobuf at all make protozero throw; onnx.cpp catches that at the edge and tells the place.
#pragma once

#include <protozero/pbf_reader.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace chipcast::onnx {

// What one import may do before its input counts as an attack. Every field read and every byte copied is charged, so
// neither nested function calls nor anything else can make time or memory outgrow the file by more than a factor.
struct Reading {
  const char* position = nullptr;  // of the field that is being read, for messages
  std::int64_t allowance = 0;      // fields and copied bytes left
};
struct AllowanceSpent {};  // thrown; caught at the edge

inline void charge(Reading& reading, std::size_t amount) {
  reading.allowance -= static_cast<std::int64_t>(amount);
  if (reading.allowance < 0) throw AllowanceSpent();
}

// The number of a field together with its wire type.
enum class Field : std::uint32_t {};

constexpr Field varint(std::uint32_t number) {
  return Field{protozero::tag_and_type(number, protozero::pbf_wire_type::varint)};
}
constexpr Field bytes(std::uint32_t number) {
  return Field{protozero::tag_and_type(number, protozero::pbf_wire_type::length_delimited)};
}
constexpr Field fixed32(std::uint32_t number) {
  return Field{protozero::tag_and_type(number, protozero::pbf_wire_type::fixed32)};
}
constexpr Field fixed64(std::uint32_t number) {
  return Field{protozero::tag_and_type(number, protozero::pbf_wire_type::fixed64)};
}

class Fields {
 public:
  Fields(Reading& reading, std::string_view message)
      : reading_(&reading), reader_(message.data(), message.size()) {}

  bool next() {
    reading_->position = reader_.data().data();
    charge(*reading_, 1);
    return reader_.next();
  }
  Field field() const { return Field{reader_.tag_and_type()}; }

  // Each reads the field `next` stopped at; one of them must be called. The wire type is the caller's to have checked.
  void skip() { reader_.skip(); }
  std::int64_t integer() { return reader_.get_int64(); }
  float real32() { return reader_.get_float(); }
  double real64() { return reader_.get_double(); }
  std::string_view bytes() {
    const protozero::data_view view = reader_.get_view();
    return {view.data(), view.size()};
  }
  void append_integers(std::vector<std::int64_t>& list) {  // packed
    charge_packed();
    for (const std::int64_t element : reader_.get_packed_int64()) list.push_back(element);
  }
  void append_reals32(std::vector<double>& list) {  // packed
    charge_packed();
    for (const float element : reader_.get_packed_float()) list.push_back(static_cast<double>(element));
  }
  void append_reals64(std::vector<double>& list) {  // packed
    charge_packed();
    for (const double element : reader_.get_packed_double()) list.push_back(element);
  }

 private:
  void charge_packed() {
    protozero::pbf_reader ahead = reader_;
    charge(*reading_, ahead.get_view().size());
  }

  Reading* reading_;
  protozero::pbf_reader reader_;
};

namespace model_field {
inline constexpr Field ir_version = varint(1), opset_import = bytes(8), graph = bytes(7),
                       functions = bytes(25);
}
namespace opset_field {
inline constexpr Field domain = bytes(1), version = varint(2);
}
namespace graph_field {
inline constexpr Field node = bytes(1), name = bytes(2), initializer = bytes(5), input = bytes(11),
                       output = bytes(12), value_info = bytes(13), sparse_initializer = bytes(15);
}
namespace node_field {
inline constexpr Field input = bytes(1), output = bytes(2), name = bytes(3), op_type = bytes(4),
                       attribute = bytes(5), domain = bytes(7), overload = bytes(8);
}
namespace function_field {
inline constexpr Field name = bytes(1), input = bytes(4), output = bytes(5), node = bytes(7),
                       opset_import = bytes(9), domain = bytes(10), attribute_default = bytes(11),
                       overload = bytes(13);
}
namespace attribute_field {
inline constexpr Field name = bytes(1), f = fixed32(2), i = varint(3), s = bytes(4), t = bytes(5),
                       g = bytes(6), floats_packed = bytes(7), floats = fixed32(7), ints_packed = bytes(8),
                       ints = varint(8), strings = bytes(9), tensors = bytes(10), graphs = bytes(11),
                       type = varint(20), ref_attr_name = bytes(21), sparse_tensor = bytes(22);
}
namespace tensor_field {
inline constexpr Field dims = varint(1), dims_packed = bytes(1), data_type = varint(2), segment = bytes(3),
                       float_data = fixed32(4), float_data_packed = bytes(4), int32_data = varint(5),
                       int32_data_packed = bytes(5), string_data = bytes(6), int64_data = varint(7),
                       int64_data_packed = bytes(7), name = bytes(8), raw_data = bytes(9),
                       double_data = fixed64(10), double_data_packed = bytes(10), uint64_data = varint(11),
                       uint64_data_packed = bytes(11), external_data = bytes(13), data_location = varint(14);
}
namespace sparse_field {
inline constexpr Field values = bytes(1), dims = varint(3), dims_packed = bytes(3);
}
namespace entry_field {  // of a list of key-value pairs
inline constexpr Field key = bytes(1), value = bytes(2);
}
namespace value_info_field {
inline constexpr Field name = bytes(1), type = bytes(2);
}
namespace type_field {
inline constexpr Field tensor = bytes(1), sequence = bytes(4), map = bytes(5), opaque = bytes(7),
                       sparse_tensor = bytes(8), optional = bytes(9);
}
namespace list_type_field {  // of a sequence or an optional value
inline constexpr Field element = bytes(1);
}
namespace tensor_type_field {
inline constexpr Field element_type = varint(1), shape = bytes(2);
}
namespace shape_field {
inline constexpr Field dimension = bytes(1);
}
namespace dimension_field {
inline constexpr Field value = varint(1), parameter = bytes(2);
}

}  // namespace chipcast::onnx

#include "import/onnx_type.hpp"

#include <fmt/format.h>

#include "import/onnx_tensor.hpp"

namespace chipcast::onnx {
namespace {

std::int64_t read_extent(Import& import, Graph& graph, std::string_view message, std::string_view value,
                         std::size_t axis) {
  std::int64_t extent = -1;
  std::string_view parameter;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case dimension_field::value:
        extent = fields.integer();
        break;
      case dimension_field::parameter:
        parameter = fields.bytes();
        break;
      default:
        fields.skip();
    }
  }
  if (!parameter.empty()) return symbol(graph.add_symbol(import.text(parameter)));
  if (extent < -1) {
    import.complain("value " + quoted(value), fmt::format("its axis {} has the extent {}", axis, extent));
    return 0;
  }
  // Old exporters write -1 for an extent they do not know.
  return extent >= 0 ? extent : symbol(graph.add_symbol(fmt::format("{}.{}", import.text(value), axis)));
}

void read_tensor_type(Import& import, Graph& graph, std::string_view message, NamedType& named) {
  std::vector<std::int64_t> extents;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case tensor_type_field::element_type: {
        const std::int64_t number = fields.integer();
        const std::optional<DType> dtype = element_type(number);
        if (!dtype && number != 0) {
          import.complain("value " + quoted(named.name),
                          fmt::format("it has elements of type {}, which chipcast does not know", number));
        }
        named.type.dtype = dtype.value_or(DType::undefined);
        break;
      }
      case tensor_type_field::shape:
        named.has_shape = true;
        for (Fields dimensions(import.reading, fields.bytes()); dimensions.next();) {
          // Of what is refused anyway, no extent beyond the first that is too many needs a symbol.
          const bool is_wanted = static_cast<std::int64_t>(extents.size()) <= most_axes;
          if (is_wanted && dimensions.field() == shape_field::dimension) {
            extents.push_back(read_extent(import, graph, dimensions.bytes(), named.name, extents.size()));
          } else {
            dimensions.skip();
          }
        }
        break;
      default:
        fields.skip();
    }
  }
  named.type.shape = Shape(std::move(extents));
  if (std::string problem = problem_of(named.type.shape); !problem.empty()) {
    import.complain("value " + quoted(named.name), "it " + problem);
    named.type.shape = {};
  }
}

// What stands under the one field of a TypeProto that says of what kind it is.
struct TypeKind {
  Field field{};
  std::string_view content;
};

TypeKind read_kind(Import& import, std::string_view message) {
  TypeKind kind;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case type_field::tensor:
      case type_field::sparse_tensor:
      case type_field::sequence:
      case type_field::map:
      case type_field::optional:
      case type_field::opaque:
        kind.field = fields.field();
        kind.content = fields.bytes();
        break;
      default:
        fields.skip();
    }
  }
  return kind;
}

std::string_view element_of(Import& import, std::string_view message) {
  std::string_view element;
  for (Fields fields(import.reading, message); fields.next();) {
    if (fields.field() == list_type_field::element) {
      element = fields.bytes();
    } else {
      fields.skip();
    }
  }
  return element;
}

// optional(sequence(tensor)) is as deep as ONNX goes; anything deeper is opaque to us.
void read_type(Import& import, Graph& graph, std::string_view message, NamedType& named) {
  using Kind = NamedType::Kind;
  TypeKind kind = read_kind(import, message);
  if (kind.field == type_field::optional) kind = read_kind(import, element_of(import, kind.content));
  const bool is_sequence = kind.field == type_field::sequence;
  if (is_sequence) kind = read_kind(import, element_of(import, kind.content));
  switch (kind.field) {
    case type_field::tensor:
    case type_field::sparse_tensor:
      named.kind = is_sequence ? Kind::sequence : Kind::tensor;
      return read_tensor_type(import, graph, kind.content, named);
    case type_field::map:
      named.kind = Kind::map;
      break;
    case type_field::sequence:
    case type_field::optional:
    case type_field::opaque:
      named.kind = Kind::opaque;
      break;
    default:
      named.kind = Kind::missing;
  }
}

}  // namespace

NamedType read_value_info(Import& import, Graph& graph, std::string_view message) {
  NamedType named;
  std::string_view type;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case value_info_field::name:
        named.name = fields.bytes();
        break;
      case value_info_field::type:
        type = fields.bytes();
        break;
      default:
        fields.skip();
    }
  }
  read_type(import, graph, type, named);
  return named;
}

}  // namespace chipcast::onnx

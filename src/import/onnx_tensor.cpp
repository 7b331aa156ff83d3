#include "import/onnx_tensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "base/text.hpp"
#include "import/onnx_elements.hpp"

namespace chipcast::onnx {
namespace {

constexpr std::int64_t most_elements = std::int64_t{1} << 50;

// Where a tensor's elements stand.
struct Message {
  std::string_view name;
  std::vector<std::int64_t> dims;
  std::int64_t data_type = 0;
  std::optional<std::string_view> raw;
  TypedData typed;
  bool is_segment = false;
  bool is_external = false;
  std::vector<std::string_view> external;  // key-value pairs
};

Message read_message(Import& import, std::string_view bytes) {
  Message message;
  for (Fields fields(import.reading, bytes); fields.next();) {
    using namespace tensor_field;
    switch (fields.field()) {
      case dims:
        message.dims.push_back(fields.integer());
        break;
      case dims_packed:
        fields.append_integers(message.dims);
        break;
      case data_type:
        message.data_type = fields.integer();
        break;
      case tensor_field::name:
        message.name = fields.bytes();
        break;
      case raw_data:
        message.raw = fields.bytes();
        break;
      case segment:
        message.is_segment = true;
        fields.skip();
        break;
      case external_data:
        message.external.push_back(fields.bytes());
        break;
      case data_location:
        message.is_external = fields.integer() == 1;
        break;
      default:
        if (!message.typed.measure(fields)) fields.skip();
    }
  }
  return message;
}

struct External {
  std::string_view location;
  std::int64_t offset = 0;
  std::optional<std::int64_t> length;
};

std::optional<External> read_external(Import& import, const Message& message) {
  External external;
  const auto parse = [](std::string_view text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 0;
  };
  for (const std::string_view entry : message.external) {
    std::string_view key, value;
    for (Fields fields(import.reading, entry); fields.next();) {
      switch (fields.field()) {
        case entry_field::key:
          key = fields.bytes();
          break;
        case entry_field::value:
          value = fields.bytes();
          break;
        default:
          fields.skip();
      }
    }
    if (key == "location") external.location = value;
    if (key == "offset" && !parse(value, external.offset)) return std::nullopt;
    if (key == "length" && !parse(value, external.length.emplace())) return std::nullopt;
  }
  return external;
}

class Reader {
 public:
  Reader(Import& import, std::string_view bytes)
      : import_(import), bytes_(bytes), message_(read_message(import, bytes)) {}

  Result<StoredTensor> read() {
    const std::optional<DType> dtype = element_type(message_.data_type);
    if (!dtype)
      return wrong(fmt::format("has elements of type {}, which chipcast does not know", message_.data_type));
    if (message_.is_segment) return wrong("is stored in segments, which no ONNX tool supports");
    if (std::ranges::any_of(message_.dims, [](std::int64_t extent) { return extent < 0; })) {
      return wrong(fmt::format("has a negative extent ({})", *std::ranges::min_element(message_.dims)));
    }
    tensor_.name = message_.name;
    tensor_.type = {*dtype, Shape(std::move(message_.dims))};
    if (std::string problem = problem_of(tensor_.type.shape); !problem.empty())
      return wrong(std::move(problem));
    if (message_.is_external) return read_external_elements();
    if (message_.raw && !(message_.raw->empty() && !message_.typed.is_empty()))
      return read_raw(*message_.raw);
    return read_typed();
  }

 private:
  std::int64_t stored_bytes() const { return count_of(bytes_of(tensor_.type)); }

  Result<StoredTensor> read_raw(std::string_view raw) {
    if (tensor_.type.dtype == DType::text) return wrong("holds strings as raw bytes");
    if (static_cast<std::int64_t>(raw.size()) != stored_bytes())
      return wrong_size(static_cast<std::int64_t>(raw.size()));
    if (is_worth_reading(tensor_.type)) tensor_.value = decode_raw(tensor_.type, raw);
    return tensor_;
  }

  Result<StoredTensor> read_external_elements() {
    const std::optional<External> external = read_external(import_, message_);
    if (!external) return wrong("names an external file with an offset or length that is no number");
    if (external->length && *external->length != stored_bytes()) return wrong_size(*external->length);
    if (!is_worth_reading(tensor_.type)) return tensor_;
    // The file need not be there: then the elements stay unknown, which matters only where a shape depends on them.
    const auto file = import_.external(external->location);
    const auto offset = static_cast<std::size_t>(external->offset);
    const auto size = static_cast<std::size_t>(stored_bytes());
    if (file && offset <= file->size() && size <= file->size() - offset) {
      tensor_.value = decode_raw(tensor_.type, file->substr(offset, size));
    }
    return tensor_;
  }

  Result<StoredTensor> read_typed() {
    const std::int64_t wanted = elements_of_typed_data(tensor_.type);
    const TypedData::Size held = message_.typed.size(tensor_.type.dtype);
    if (held.most == 0 && wanted > 0 && message_.typed.is_empty()) {
      return wrong(fmt::format("has shape {} but no data", format(tensor_.type.shape)),
                   "export the network with its weights, in the file or beside it (external data)");
    }
    if (wanted < held.least || wanted > held.most) return wrong_count(wanted, held.most);
    if (!is_worth_reading(tensor_.type)) return tensor_;
    TypedElements elements = decode_typed(import_.reading, bytes_, tensor_.type);
    if (elements.count != wanted) return wrong_count(wanted, elements.count);
    tensor_.value = std::move(elements.value);
    return tensor_;
  }

  Diagnostic wrong_size(std::int64_t size) {
    return wrong(fmt::format("holds {} bytes, but {} of {} takes {}", format_count(size),
                             format(tensor_.type.shape), name_of_type(), format_count(stored_bytes())));
  }
  Diagnostic wrong_count(std::int64_t wanted, std::int64_t count) {
    return wrong(fmt::format("holds {} elements, but {} of {} has {}", format_count(count),
                             format(tensor_.type.shape), name_of_type(), format_count(wanted)));
  }
  std::string_view name_of_type() const { return chipcast::name(tensor_.type.dtype); }

  static Diagnostic wrong(std::string message, std::string hint = {}) {
    return {.message = std::move(message), .hint = std::move(hint)};
  }

  Import& import_;
  std::string_view bytes_;
  Message message_;
  StoredTensor tensor_;
};

}  // namespace

Result<StoredTensor> read_tensor(Import& import, std::string_view message) {
  return Reader(import, message).read();
}

Result<StoredTensor> read_sparse_tensor(Import& import, std::string_view message) {
  std::string_view values;
  std::vector<std::int64_t> dims;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case sparse_field::values:
        values = fields.bytes();
        break;
      case sparse_field::dims:
        dims.push_back(fields.integer());
        break;
      case sparse_field::dims_packed:
        fields.append_integers(dims);
        break;
      default:
        fields.skip();
    }
  }
  Result<StoredTensor> tensor = read_tensor(import, values);
  if (!tensor) return tensor;
  const bool is_negative = std::ranges::any_of(dims, [](std::int64_t extent) { return extent < 0; });
  Shape dense(std::move(dims));
  if (std::string problem = problem_of(dense); !problem.empty())
    return Diagnostic{.message = std::move(problem)};
  if (is_negative || tensor->type.shape.elements() > dense.elements()) {
    return Diagnostic{.message =
                          fmt::format("holds {} values, which do not fit into a sparse tensor of shape {}",
                                      format_count(tensor->type.shape.elements()), format(dense))};
  }
  tensor->type.shape = std::move(dense);
  tensor->value = nullptr;
  return tensor;
}

std::optional<DType> element_type(std::int64_t number) {
  // By ONNX's number. The two "fnuz" variants of float8 are stored like their siblings.
  constexpr std::array dtypes = {
      DType::undefined,   DType::float32,  DType::uint8,       DType::int8,        DType::uint16,
      DType::int16,       DType::int32,    DType::int64,       DType::text,        DType::boolean,
      DType::float16,     DType::float64,  DType::uint32,      DType::uint64,      DType::complex64,
      DType::complex128,  DType::bfloat16, DType::float8_e4m3, DType::float8_e4m3, DType::float8_e5m2,
      DType::float8_e5m2, DType::uint4,    DType::int4,        DType::float4_e2m1};
  if (number <= 0 || number >= static_cast<std::int64_t>(dtypes.size())) return std::nullopt;
  return dtypes[static_cast<std::size_t>(number)];
}

std::string problem_of(const Shape& shape) {
  if (shape.rank() > most_axes) return fmt::format("has more than {} dimensions", most_axes);
  std::int64_t elements = 1;
  for (const std::int64_t extent : shape) {
    if (extent == 0) return {};
    if (extent > 0) elements = saturating_multiply(elements, extent);  // a symbol is at least 1
  }
  return elements > most_elements ? fmt::format("has shape {}: more than 2^50 elements", format(shape))
                                  : std::string();
}

}  // namespace chipcast::onnx

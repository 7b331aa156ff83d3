#include "import/onnx_graph.hpp"

#include <fmt/format.h>

#include "import/onnx_node.hpp"
#include "import/onnx_tensor.hpp"
#include "import/onnx_type.hpp"

namespace chipcast::onnx {
namespace {

struct GraphMessage {
  std::string_view name;
  std::vector<std::string_view> nodes, initializers, sparse_initializers, inputs, outputs, value_infos;
};

GraphMessage read_message(Import& import, std::string_view bytes) {
  GraphMessage message;
  for (Fields fields(import.reading, bytes); fields.next();) {
    switch (fields.field()) {
      case graph_field::node:
        message.nodes.push_back(fields.bytes());
        break;
      case graph_field::name:
        message.name = fields.bytes();
        break;
      case graph_field::initializer:
        message.initializers.push_back(fields.bytes());
        break;
      case graph_field::sparse_initializer:
        message.sparse_initializers.push_back(fields.bytes());
        break;
      case graph_field::input:
        message.inputs.push_back(fields.bytes());
        break;
      case graph_field::output:
        message.outputs.push_back(fields.bytes());
        break;
      case graph_field::value_info:
        message.value_infos.push_back(fields.bytes());
        break;
      default:
        fields.skip();
    }
  }
  return message;
}

class GraphReader {
 public:
  GraphReader(Model& model, const Site& site, const GraphMessage& message)
      : model_(model), import_(model.import), site_(site), graph_(*site.names->graph), message_(message) {}

  void read() {
    site_.names->ids.reserve(message_.nodes.size() + message_.initializers.size() + message_.inputs.size());
    for (const std::string_view initializer : message_.initializers) {
      add_weight(read_tensor(import_, initializer), initializer);
    }
    for (const std::string_view initializer : message_.sparse_initializers) {
      add_weight(read_sparse_tensor(import_, initializer), field_of(initializer, sparse_field::values));
    }
    weights_ = static_cast<TensorId>(graph_.tensors().size());
    for (const std::string_view input : message_.inputs) add_input(read_value_info(import_, graph_, input));
    NodeReader nodes(model_, site_, message_.nodes);
    nodes.define_outputs();
    for (const std::string_view value : message_.value_infos)
      declare(read_value_info(import_, graph_, value));
    nodes.add_operators();
    for (const std::string_view output : message_.outputs)
      add_output(read_value_info(import_, graph_, output));
  }

 private:
  bool is_body() const { return site_.names->outer != nullptr; }

  void add_weight(Result<StoredTensor> tensor, std::string_view message) {
    const std::string_view name = tensor ? tensor->name : field_of(message, tensor_field::name);
    const auto [entry, is_new] = site_.names->ids.try_emplace(name, none);
    if (!tensor) {
      const Diagnostic& problem = tensor.diagnostics().front();
      import_.complain("initializer " + quoted(name), "it " + problem.message, problem.hint);
      tensor = StoredTensor();  // nobody needs to be told that it is missing, too
    } else if (!is_new) {
      return import_.complain("initializer " + quoted(name), "it stands twice in the file");
    }
    entry->second = graph_.add_weight(import_.text(name), std::move(tensor->type), std::move(tensor->value));
  }

  std::string_view field_of(std::string_view message, Field field) {
    std::string_view bytes;
    for (Fields fields(import_.reading, message); fields.next();) {
      if (fields.field() == field) {
        bytes = fields.bytes();
      } else {
        fields.skip();
      }
    }
    return bytes;
  }

  void add_input(const NamedType& input) {
    const auto [entry, is_new] = site_.names->ids.try_emplace(input.name, none);
    // In files of ONNX's first versions every weight is listed among the inputs too.
    if (!is_new && entry->second < weights_) return;
    const std::string part = "input " + quoted(input.name);
    if (!is_new) return import_.complain(part, "it stands twice in the file");
    // A body's inputs get their types from what it is given.
    if (!is_body()) check_input(input, part);
    const bool is_tensor = !is_body() && input.kind == NamedType::Kind::tensor;
    entry->second = graph_.add_input(import_.text(input.name), is_tensor ? input.type : TensorType());
    if (!is_body() && input.kind == NamedType::Kind::sequence) {
      const std::int64_t length = symbol(graph_.add_symbol(import_.text(input.name)));
      graph_.tensor(entry->second).sequence =
          std::make_shared<const Sequence>(Sequence{{{input.type, length}}});
    }
  }

  void check_input(const NamedType& input, const std::string& part) {
    using Kind = NamedType::Kind;
    const auto is_no_tensor = [&](std::string_view what) {
      import_.complain(
          part,
          fmt::format("it is {}; chipcast counts networks whose inputs are tensors or sequences of them",
                      what));
    };
    switch (input.kind) {
      case Kind::map:
        return is_no_tensor("a map");
      case Kind::opaque:
        return is_no_tensor("of a type of its own");
      case Kind::missing:
        return import_.complain(part, "it has no type", "export the network with typed inputs");
      case Kind::sequence:
      case Kind::tensor:
        break;
    }
    if (!input.has_shape) {
      import_.complain(part, "it has no shape, not even the number of its dimensions",
                       "export the network with the shapes of its inputs; their extents may be symbols");
    } else if (input.type.dtype == DType::undefined) {
      import_.complain(part, "it has no element type");
    }
  }

  // What the file says of a computed value matters where a shape depends on data.
  void declare(NamedType value) {
    if (value.kind != NamedType::Kind::tensor || !value.has_shape || value.type.dtype == DType::undefined)
      return;
    const auto found = site_.names->ids.find(value.name);
    if (found == site_.names->ids.end() || found->second == none) return;
    Tensor& tensor = graph_.tensor(found->second);
    if (tensor.origin != TensorOrigin::computed) return;
    tensor.declared = std::make_shared<const TensorType>(std::move(value.type));
  }

  void add_output(NamedType output) {
    const std::optional<TensorId> id = site_.names->find(import_, output.name);
    if (!id || *id == none) {
      return import_.complain("output " + quoted(output.name), "nothing in the file defines it");
    }
    graph_.add_output(*id);
    declare(std::move(output));
  }

  Model& model_;
  Import& import_;
  const Site& site_;
  Graph& graph_;
  const GraphMessage& message_;
  TensorId weights_ = 0;  // the first tensors
};

}  // namespace

Graph read_main_graph(Model& model, std::string_view message) {
  const GraphMessage parts = read_message(model.import, message);
  Graph graph(model.import.text(parts.name));
  Names names{.graph = &graph};
  const Site site{.names = &names};
  if (parts.nodes.empty() && parts.outputs.empty()) {
    model.import.complain("", "the graph is empty: it has neither operators nor outputs");
  }
  GraphReader(model, site, parts).read();
  return graph;
}

std::shared_ptr<Graph> read_body(Model& model, const Site& site, std::string_view message) {
  const GraphMessage parts = read_message(model.import, message);
  auto graph = std::make_shared<Graph>(model.import.text(parts.name));
  Names names{.graph = graph.get(), .outer = site.names};
  GraphReader(model, {.names = &names, .call = site.call, .prefix = "", .depth = site.depth + 1}, parts)
      .read();
  return graph;
}

}  // namespace chipcast::onnx

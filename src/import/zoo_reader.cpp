#include "import/zoo_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "import/zoo_functions.hpp"
#include "import/zoo_parser.hpp"
#include "schema/number.hpp"
#include "schema/reading.hpp"

namespace chipcast::zoo {
namespace {

class FamilyReader {
 public:
  FamilyReader(Family& family, Reading& reading) : family_(family), reading_(reading) {}

  void read() {
    Fields root = reading_.root("zoo", 1, "a zoo file");
    family_.name = root.get("family").text();
    family_.about = root.get("about").text();
    family_.source = root.get("source").text();
    if (const Value parameters = root.get("parameters")) read_parameters(parameters);
    const Value blocks = root.find("blocks");
    if (blocks) read_block_headers(blocks);
    if (const Value inputs = root.get("inputs")) read_inputs(inputs);
    // The network comes first: its tensors are visible in the blocks.
    family_.network.name = "network";
    if (const Value network = root.get("network")) family_.network.body = statements(network, global_);
    for (std::size_t i = 0; i < family_.blocks.size(); ++i) {
      family_.blocks[i].body = statements(block_bodies_[i], scopes_[i]);
      family_.blocks[i].variables = std::move(scopes_[i].variables);
      family_.blocks[i].tensors = std::move(scopes_[i].tensors);
    }
    if (const Value variants = root.get("variants")) read_variants(variants);
    family_.network.variables = std::move(global_.variables);
    family_.network.tensors = std::move(global_.tensors);
    root.close();
  }

 private:
  // ---- parameters

  void read_parameters(const Value& map) {
    for (const auto& [name, value] : map.entries()) {
      Parameter parameter;
      parameter.name = name;
      if (!is_identifier(name) || is_reserved(name) || name == "x" || name == "input") {
        value.fail(fmt::format("'{}' cannot name a parameter", name));
        continue;
      }
      if (value.is(Node::Kind::map)) {
        read_declaration(parameter, value.fields(fmt::format("parameter '{}'", name)));
      } else {
        set_preset(parameter, value);
      }
      check_preset(parameter, value);
      global_.variable(name);
      family_.parameters.push_back(std::move(parameter));
    }
  }

  void read_declaration(Parameter& parameter, Fields fields) {
    if (const Value preset = fields.get("default")) set_preset(parameter, preset);
    if (const Value about = fields.find("about")) parameter.about = about.text();
    if (parameter.kind == Parameter::Kind::integer) {
      if (const Value least = fields.find("least")) parameter.least = least.integer();
      if (const Value most = fields.find("most")) parameter.most = most.integer();
    } else if (parameter.kind == Parameter::Kind::real) {
      if (const Value least = fields.find("least")) parameter.least_real = least.real();
      if (const Value most = fields.find("most")) parameter.most_real = most.real();
    } else if (parameter.kind == Parameter::Kind::text) {
      if (const Value choices = fields.find("one_of")) {
        for (const Value& choice : choices.items()) parameter.choices.push_back(choice.text());
      }
    }
    fields.close();
  }

  void set_preset(Parameter& parameter, const Value& value) {
    parameter.preset = datum(value);
    parameter.least_real = 0.01;
    parameter.most_real = 100;
    const bool is_truth = value.is(Node::Kind::text) && !value.node()->is_quoted &&
                          (value.node()->text == "true" || value.node()->text == "false");
    parameter.kind = is_truth                                ? Parameter::Kind::truth
                     : parameter.preset.integer() != nullptr ? Parameter::Kind::integer
                     : parameter.preset.real() != nullptr    ? Parameter::Kind::real
                     : parameter.preset.list() != nullptr    ? Parameter::Kind::list
                                                             : Parameter::Kind::text;
  }

  void check_preset(Parameter& parameter, const Value& value) {
    if (!parameter.preset.is_set()) return;
    const std::string complaint = check_parameter(parameter, parameter.preset);
    if (!complaint.empty()) {
      value.fail(fmt::format("the default of {}", complaint), "declare its range with 'least' and 'most'");
    }
  }

  Datum datum(const Value& value) {
    if (!value || value.is(Node::Kind::null)) {
      value.fail(fmt::format("{} has no value", value.name()));
      return {};
    }
    if (value.is(Node::Kind::list)) {
      List list;
      for (const Value& item : value.items()) list.push_back(datum(item));
      return family_.pool.list(std::move(list));
    }
    if (value.is(Node::Kind::map)) {
      value.fail(fmt::format("{} cannot be a map", value.name()));
      return {};
    }
    const Node& node = *value.node();
    if (node.is_quoted) return family_.pool.text(node.text);
    // Lets the strict reader complain of what only looks like a number.
    const std::string_view text = node.text;
    if (!text.empty() &&
        (text[0] == '.' || text[0] == '-' || text[0] == '+' || (text[0] >= '0' && text[0] <= '9'))) {
      const Number number = parse_number(text);
      if (!number.complaint.empty() || !number.rest.empty()) value.real();
    }
    return datum_of_text(text, family_.pool);
  }

  // ---- blocks, inputs, variants

  void read_block_headers(const Value& blocks) {
    if (!blocks.is(Node::Kind::map)) {
      (void)blocks.entries();
      return;
    }
    const Node& map = *blocks.node();
    for (std::size_t i = 0; i < map.keys.size(); ++i) {
      // The header is a key: parsed as if it were a value, so that complaints point into it.
      headers_.push_back(std::make_unique<Node>(
          Node{.kind = Node::Kind::text, .mark = map.keys[i].mark, .text = map.keys[i].text}));
      Scope scope;
      scope.global = &global_;
      Block block =
          Parser(family_, scope, Value(reading_, *headers_.back(), "a block's header")).block_header();
      const auto is_same = [&](const Block& other) { return other.name == block.name; };
      if (std::ranges::any_of(family_.blocks, is_same)) {
        reading_.fail(map.keys[i].mark, fmt::format("the block '{}' is given twice", block.name));
      }
      family_.blocks.push_back(std::move(block));
      scopes_.push_back(std::move(scope));
      block_bodies_.emplace_back(reading_, map.items[i],
                                 fmt::format("block '{}'", family_.blocks.back().name));
    }
  }

  void read_inputs(const Value& map) {
    for (const auto& [name, value] : map.entries()) {
      if (!is_identifier(name) || is_reserved(name) || name == "x" || name == "input") {
        value.fail(fmt::format("'{}' cannot name an input", name));
        continue;
      }
      family_.inputs.push_back(Parser(family_, global_, value).input(name));
    }
    if (family_.inputs.empty()) map.fail("a network has at least one input");
  }

  void read_variants(const Value& map) {
    for (const auto& [name, value] : map.entries()) {
      Variant variant{.name = name, .overrides = {}, .mark = value.node()->mark};
      if (!value.is(Node::Kind::null)) read_overrides(variant, value);
      family_.variants.push_back(std::move(variant));
    }
    if (map.is(Node::Kind::map) && family_.variants.empty()) map.fail("a family has at least one variant");
  }

  void read_overrides(Variant& variant, const Value& value) {
    Fields fields = value.fields(fmt::format("variant '{}'", variant.name));
    for (std::size_t i = 0; i < family_.parameters.size(); ++i) {
      const Value given = fields.find(family_.parameters[i].name);
      if (!given) continue;
      Datum override_value = datum(given);
      if (!override_value.is_set()) continue;
      const std::string complaint = check_parameter(family_.parameters[i], override_value);
      if (!complaint.empty()) given.fail(complaint);
      variant.overrides.emplace_back(i, override_value);
    }
    fields.close();
  }

  // ---- statements

  std::vector<Statement> statements(const Value& list, Scope& scope) {
    std::vector<Statement> body;
    for (const Value& item : list.items()) {
      if (item.is(Node::Kind::map)) {
        body.push_back(compound(item, scope));
      } else {
        body.push_back(Parser(family_, scope, item).statement());
      }
    }
    return body;
  }

  Statement compound(const Value& item, Scope& scope) {
    const bool is_loop =
        std::ranges::any_of(item.node()->keys, [](const Node::Key& key) { return key.text == "for"; });
    Fields fields = item.fields(is_loop ? "a loop" : "a condition");
    Statement statement;
    if (is_loop) {
      statement = Parser(family_, scope, fields.get("for")).loop();
      if (const Value body = fields.get("do")) statement.body = statements(body, scope);
    } else {
      statement.kind = Statement::Kind::condition;
      const Value condition = fields.get("if");
      if (condition) statement.expression = Parser(family_, scope, condition).expression();
      if (const Value body = fields.get("then")) statement.body = statements(body, scope);
      if (const Value body = fields.find("else")) statement.else_body = statements(body, scope);
    }
    fields.close();
    return statement;
  }

  Family& family_;
  Reading& reading_;
  Scope global_;
  std::vector<Scope> scopes_;  // of the blocks
  std::vector<Value> block_bodies_;
  std::vector<std::unique_ptr<Node>> headers_;
};

}  // namespace

Datum datum_of_text(std::string_view text, Pool& pool) {
  if (text == "true") return {std::int64_t{1}};
  if (text == "false") return {std::int64_t{0}};
  const Number number = parse_number(text);
  if (!number.complaint.empty() || !number.rest.empty()) return pool.text(std::string(text));
  return number.integer ? Datum{*number.integer} : Datum{number.real};
}

std::string check_parameter(const Parameter& parameter, Datum& datum) {
  const std::string& name = parameter.name;
  switch (parameter.kind) {
    case Parameter::Kind::integer: {
      const std::int64_t* value = datum.integer();
      if (value == nullptr) return fmt::format("'{}' must be an integer, not {}", name, format(datum));
      if (*value >= parameter.least && *value <= parameter.most) return {};
      return fmt::format("'{}' must be between {} and {}, not {}", name, parameter.least, parameter.most,
                         *value);
    }
    case Parameter::Kind::real: {
      if (const std::int64_t* value = datum.integer()) datum = {static_cast<double>(*value)};
      const double* value = datum.real();
      if (value == nullptr) return fmt::format("'{}' must be a number, not {}", name, format(datum));
      if (*value >= parameter.least_real && *value <= parameter.most_real) return {};
      return fmt::format("'{}' must be between {} and {}, not {}", name, parameter.least_real,
                         parameter.most_real, *value);
    }
    case Parameter::Kind::truth: {
      const std::int64_t* value = datum.integer();
      if (value != nullptr && (*value == 0 || *value == 1)) return {};
      return fmt::format("'{}' must be true or false, not {}", name, format(datum));
    }
    case Parameter::Kind::text: {
      const std::string* value = datum.text();
      if (value == nullptr) return fmt::format("'{}' must be a text, not {}", name, format(datum));
      if (parameter.choices.empty() ||
          std::ranges::find(parameter.choices, *value) != parameter.choices.end())
        return {};
      std::string choices;
      for (const std::string& choice : parameter.choices)
        choices += (choices.empty() ? "'" : ", '") + choice + "'";
      return fmt::format("'{}' must be one of {}, not '{}'", name, choices, *value);
    }
    case Parameter::Kind::list:
      return datum.list() != nullptr ? std::string()
                                     : fmt::format("'{}' must be a list, not {}", name, format(datum));
  }
  return {};
}

Result<FamilyPointer> parse_family(std::string file, std::string source) {
  Result<Document> document = parse_document(std::move(file), std::move(source));
  if (!document) return document.diagnostics();
  auto family = std::make_shared<Family>();
  family->document = *std::move(document);
  Reading reading(family->document);
  FamilyReader(*family, reading).read();
  if (reading.failed()) return reading.diagnostics();
  return FamilyPointer(std::move(family));
}

Result<FamilyPointer> read_family(const std::string& path) {
  Result<std::string> source = read_text_file(path);
  if (!source) return source.diagnostics();
  return parse_family(path, *std::move(source));
}

}  // namespace chipcast::zoo

#include "import/onnx_scope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast::onnx {
namespace {

std::string function_key(std::string_view domain, std::string_view name, std::string_view overload) {
  std::string key(without_alias(domain));
  for (const std::string_view part : {name, overload}) {
    key += '\0';
    key += part;
  }
  return key;
}

}  // namespace

std::optional<TensorId> Names::find(Import& import, std::string_view name) {
  const auto found = ids.find(name);
  if (found != ids.end()) return found->second;
  if (outer == nullptr) return std::nullopt;
  const std::optional<TensorId> outside = outer->find(import, name);
  if (!outside) return std::nullopt;
  const TensorId id = *outside == none ? none : graph->add_captured(import.text(name), *outside);
  ids.emplace(name, id);
  return id;
}

std::optional<int> Opsets::find(std::string_view domain) const {
  // A file names a handful of domains.
  const auto found =
      std::ranges::find(versions_, without_alias(domain), [](const auto& entry) { return entry.first; });
  return found == versions_.end() ? std::nullopt : std::optional(found->second);
}

void Model::add_function(Function function) {
  std::string key = function_key(function.domain, function.name, function.overload);
  const std::string part = "function " + quoted(function.name);
  const bool is_new = functions_.emplace(std::move(key), std::move(function)).second;
  if (!is_new) import.complain(part, "it stands twice in the file");
}

const Function* Model::find_function(std::string_view domain, std::string_view name,
                                     std::string_view overload) const {
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find(function_key(domain, name, overload));
  return found == functions_.end() ? nullptr : &found->second;
}

int Model::opset_of(const Site& site, const Operator& op) {
  if (site.call != nullptr) {
    if (const auto version = site.call->function->opsets.find(op.domain)) return *version;
  }
  if (const auto version = opsets.find(op.domain)) return *version;
  // The first files did not name versions, and whoever makes up a domain has only one.
  constexpr std::int64_t first_with_opsets = 3;
  if (op.domain.empty() && ir_version >= first_with_opsets && !complained_of_opset_) {
    complained_of_opset_ = true;
    import.complain("", "the file does not say which version of ONNX's operators it uses (opset_import)",
                    "export the network again, or fetch the file again if it was cut short");
  }
  return 1;
}

std::string_view without_alias(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

}  // namespace chipcast::onnx

// One line for each row of a table, so that a large report is neither built twice in memory nor unreadable.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/page.hpp"
#include "report/render.hpp"

namespace chipcast::report {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
  struct Converter {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool answer) const { return answer; }
    Json operator()(std::int64_t count) const { return count; }
    Json operator()(double real) const { return real; }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(const Value::Texts& texts) const { return Json(texts); }
    Json operator()(const Shape& shape) const { return Json(shape.extents()); }
    Json operator()(const Value::Shapes& shapes) const {
      Json list = Json::array();
      for (const Shape& shape : shapes) list.push_back(shape.extents());
      return list;
    }
  };
  return std::visit(Converter{}, value.data());
}

// Names out of a file may be no UTF-8, which JSON cannot carry.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void add_rows(const Table& table, const std::string& margin, std::string& out) {
  out += "[";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Json object = Json::object();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].audience == Audience::people) continue;
      object[table.columns[c].key] = json_of(table.rows[r][c]);
    }
    out += (r == 0 ? "\n" : ",\n") + margin + "  " + dump(object);
  }
  out += table.rows.empty() ? "]" : "\n" + margin + "]";
}

// The table that is all there is to a report in JSON.
const Table* only_table(const Report& report) {
  for (const Part& part : report.parts) {
    const auto* table = std::get_if<Table>(&part);
    if (table != nullptr && !report.json.empty() && table->key == report.json) return table;
  }
  return nullptr;
}

class JsonRenderer {
 public:
  JsonRenderer(std::string margin, std::string& out) : margin_(std::move(margin)), out_(out) {}

  void render(const Report& report) {
    out_ += "{";
    for (const Part& part : report.parts) {
      std::visit(
          [&](const auto& p) {
            if (p.audience != Audience::people) add(p);
          },
          part);
    }
    out_ += "\n" + margin_ + "}";
  }

 private:
  void key(const std::string& name) {
    out_ += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    out_ += margin_ + "  " + dump(name) + ": ";
  }

  void add(const Field& field) {
    key(field.key);
    out_ += dump(json_of(field.value));
  }

  void add(const Group& group) {
    Json object = Json::object();
    for (const Field& field : group.fields) {
      if (field.audience != Audience::people) object[field.key] = json_of(field.value);
    }
    key(group.key);
    out_ += dump(object);
  }

  void add(const Table& table) {
    key(table.key);
    add_rows(table, margin_ + "  ", out_);
  }

  std::string margin_;
  std::string& out_;
  bool is_first_ = true;
};

}  // namespace

void render_json(std::span<const Report> reports, std::string& out) {
  if (reports.size() == 1) {
    if (const Table* table = only_table(reports.front())) {
      add_rows(*table, "", out);
      out += "\n";
      return;
    }
    JsonRenderer("", out).render(reports.front());
    out += "\n";
    return;
  }
  out += "[";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    out += i == 0 ? "\n  " : ",\n  ";
    JsonRenderer("  ", out).render(reports[i]);
  }
  out += "\n]\n";
}

void render_json(const Page& page, std::string& out) {
  out += fmt::format("{{\n  \"title\": {},\n  \"caveat\": {}", dump(page.title), dump(page.caveat));
  for (const Chapter& chapter : page.chapters) {
    out += fmt::format(",\n  {}: ", dump(chapter.key));
    JsonRenderer("  ", out).render(chapter.report);
  }
  out += "\n}\n";
}

}  // namespace chipcast::report

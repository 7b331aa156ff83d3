#include "report/render.hpp"

#include <algorithm>
#include <array>

namespace chipcast::report {
namespace {

const std::array<std::string, 5> names = {"table", "md", "csv", "json", "html"};  // in the order of Format

}  // namespace

std::span<const std::string> format_names() { return names; }

std::optional<Format> format_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return {};
  return static_cast<Format>(found - names.begin());
}

void render(const Report& report, Format format, const RenderOptions& options, std::string& out) {
  switch (format) {
    case Format::table:
      return render_table(report, options, out);
    case Format::markdown:
      return render_markdown(report, out);
    case Format::csv:
      return render_csv({&report, 1}, out);
    case Format::json:
      return render_json({&report, 1}, out);
    case Format::html:
      return render_html({&report, 1}, out);
  }
}

}  // namespace chipcast::report

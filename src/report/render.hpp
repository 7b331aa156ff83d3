// report/render.hpp: the formats that a report can be written in.
//
//   std::string text;
//   render(report, Format::table, {.width = 80}, text);
//   render_json({first, second}, text);                    // several: one array
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/report.hpp"

namespace chipcast::report {

enum class Format : std::uint8_t { table, markdown, csv, json, html };
std::span<const std::string> format_names();  // "table", "md", "csv", "json", "html"
std::optional<Format> format_named(std::string_view name);

struct RenderOptions {
  std::size_t width = 100;  // columns of the terminal; only Format::table looks at it
  bool color = false;       // likewise
};

// Appends to `out`. A renderer that is given a valid report cannot fail.
void render(const Report& report, Format format, const RenderOptions& options, std::string& out);

void render_table(const Report& report, const RenderOptions& options, std::string& out);
void render_markdown(const Report& report, std::string& out);
// An array where there are several reports, an object where there is one.
void render_json(std::span<const Report> reports, std::string& out);
// One file that fetches nothing; a section each where there are several reports.
void render_html(std::span<const Report> reports, std::string& out);
// RFC 4180; the rows of all reports below one heading: their CSV tables have the same columns.
void render_csv(std::span<const Report> reports, std::string& out);

}  // namespace chipcast::report

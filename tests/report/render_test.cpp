#include "report/render.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.hpp"
#include "report/example_report.hpp"

namespace chipcast::report {
namespace {

std::string rendered(const Report& report, Format format, const RenderOptions& options = {}) {
  std::string text;
  render(report, format, options, text);
  return text;
}

TEST_CASE("table: fields align, numbers stand to the right, units stand in the headings") {
  CHECK(rendered(example_report(), Format::table) ==
        "tiny\n"
        "  MACs               1.5 MMAC\n"
        "  activation memory  2 kB sum, 1.5 kB peak\n"
        "\n"
        "Operators\n"
        "  name         output shape  MACs (M)  share\n"
        "  conv         1x8x4x4          1.400  90.0%\n"
        "  a, \"b\"\\x0ac  scalar           0.100      -\n"
        "\n"
        "1 MAC = 2 FLOPs.\n");
}

TEST_CASE("table: what a narrow terminal cannot show is named, with the way to see it") {
  const std::string text = rendered(example_report(), Format::table, {.width = 30});
  CHECK(text.find("  name         MACs (M)\n") != std::string::npos);
  CHECK(text.find("no room for: output") != std::string::npos);
  CHECK(text.find("--format md") != std::string::npos);
}

TEST_CASE("table: no line is wider than the terminal, from 50 columns on") {
  Report report = example_report();
  report.notes.assign(
      1, "many words that do not fit into a single line of a narrow terminal and have to be broken");
  report.parts.emplace_back(Field{"inputs", "inputs", std::string(30, 'x') + " " + std::string(30, 'y')});
  for (std::size_t width = 50; width <= 200; width += 10) {
    std::istringstream lines(rendered(report, Format::table, {.width = width}));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(display_width(line) <= width);
      CHECK(!line.ends_with(' '));
    }
  }
}

TEST_CASE("table: colours only where asked for") {
  CHECK(rendered(example_report(), Format::table).find('\x1b') == std::string::npos);
  CHECK(rendered(example_report(), Format::table, {.color = true}).starts_with("\x1b[1mtiny\x1b[0m\n"));
}

TEST_CASE("the caveat stands in the first line of what people read") {
  Report report = example_report();
  report.caveat = "2.5% of the operators (3 of 120) are not modelled";
  CHECK(rendered(report, Format::table)
            .starts_with("tiny: 2.5% of the operators (3 of 120) are not modelled\n"));
  CHECK(rendered(report, Format::markdown)
            .starts_with("# tiny: 2.5% of the operators (3 of 120) are not modelled\n"));
}

TEST_CASE("an excerpt is what people see; machines get every row") {
  Report report = example_report();
  std::get<Table>(report.parts[3]).excerpt = Table::Excerpt{.rows = {0}, .remark = "1 more operator"};
  CHECK(rendered(report, Format::table).find("conv ") != std::string::npos);
  CHECK(rendered(report, Format::table).find("\\x0ac") == std::string::npos);
  CHECK(rendered(report, Format::table).find("  1 more operator\n") != std::string::npos);
  CHECK(rendered(report, Format::markdown).find("\n1 more operator\n") != std::string::npos);
  CHECK(rendered(report, Format::csv) == rendered(example_report(), Format::csv));
  CHECK(rendered(report, Format::json) == rendered(example_report(), Format::json));
}

TEST_CASE("md: GitHub's tables, with what Markdown would take for markup escaped") {
  CHECK(rendered(example_report(), Format::markdown) ==
        "# tiny\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| MACs | 1.5 MMAC |\n"
        "| activation memory, sum | 2 kB |\n"
        "| activation memory, peak | 1.5 kB |\n"
        "\n"
        "## Operators\n"
        "\n"
        "| name | output shape | MACs (M) | share |\n"
        "|---|---|---:|---:|\n"
        "| conv | 1x8x4x4 | 1.400 | 90.0% |\n"
        "| a, \"b\"\\\\x0ac | scalar | 0.100 | - |\n"
        "\n"
        "1 MAC = 2 FLOPs.\n");
}

TEST_CASE("md: pipes, stars and outer underscores are escaped, names stay readable") {
  Report report{.title = "mobilenet_v2 _x_ a|b *c* <d>"};
  CHECK(rendered(report, Format::markdown) == "# mobilenet_v2 \\_x\\_ a\\|b \\*c\\* \\<d\\>\n");
}

TEST_CASE("csv: RFC 4180, every digit, the subject in front") {
  CHECK(rendered(example_report(), Format::csv) ==
        "model,name,output_shape,macs,share\r\n"
        "tiny,conv,1x8x4x4,1400000,0.9\r\n"
        "tiny,\"a, \"\"b\"\"\nc\",scalar,100000,\r\n");
}

TEST_CASE("csv: several reports share one heading") {
  const std::vector<Report> reports(2, example_report());
  std::string text;
  render_csv(reports, text);
  CHECK(text.find("model,name") == 0);
  CHECK(text.find("model,name", 1) == std::string::npos);
}

TEST_CASE("json: a field a key, a group an object, a table a list of objects, one row a line") {
  CHECK(rendered(example_report(), Format::json) ==
        "{\n"
        "  \"model\": \"tiny\",\n"
        "  \"macs\": 1500000,\n"
        "  \"activation_bytes\": {\"sum\":2000,\"peak\":1500},\n"
        "  \"operators\": [\n"
        "    {\"name\":\"conv\",\"output_shape\":[1,8,4,4],\"macs\":1400000,\"share\":0.9},\n"
        "    {\"name\":\"a, \\\"b\\\"\\nc\",\"output_shape\":[],\"macs\":100000,\"share\":null}\n"
        "  ],\n"
        "  \"not_modelled\": []\n"
        "}\n");
}

TEST_CASE("json: several reports are an array, counts stay integers, and everything parses") {
  const std::vector<Report> reports(3, example_report());
  std::string text;
  render_json(reports, text);
  const auto parsed = nlohmann::json::parse(text);
  REQUIRE(parsed.is_array());
  REQUIRE(parsed.size() == 3);
  CHECK(parsed[2]["operators"][0]["macs"].is_number_integer());
}

TEST_CASE("json and csv stay valid UTF-8 whatever a file calls its operators") {
  Report report = example_report();
  std::get<Table>(report.parts[3]).rows[0][0] = "conv\xff\x01";
  const std::string json = rendered(report, Format::json);
  CHECK(is_valid_utf8(json));
  CHECK(nlohmann::json::accept(json));
  CHECK(is_valid_utf8(rendered(report, Format::csv)));
}

TEST_CASE("no report at all is an empty list") {
  std::string text;
  render_json({}, text);
  CHECK(nlohmann::json::parse(text) == nlohmann::json::array());
}

TEST_CASE("formats have names") {
  CHECK(format_named("md") == Format::markdown);
  CHECK(!format_named("xml"));
  for (const std::string& name : format_names()) CHECK(format_named(name));
}

TEST_CASE("HTML has every part for people, safe and without anything to fetch") {
  Report report = example_report();
  report.title = "a<b";
  const std::string text = rendered(report, Format::html);
  CHECK(text.starts_with("<!DOCTYPE html>"));
  CHECK(text.find("<h1>a&lt;b</h1>") != std::string::npos);
  for (const Part& part : report.parts) {
    if (const auto* field = std::get_if<Field>(&part);
        field != nullptr && field->audience != Audience::machines)
      CHECK(text.find(">" + field->label + "<") != std::string::npos);
    if (const auto* table = std::get_if<Table>(&part);
        table != nullptr && table->audience != Audience::machines)
      CHECK(text.find("<h3>" + table->title + "</h3>") != std::string::npos);
  }
  for (const char* fetching : {"src=", "@import", "url("}) CHECK(text.find(fetching) == std::string::npos);
}

}  // namespace
}  // namespace chipcast::report

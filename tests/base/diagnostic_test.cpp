#include "base/diagnostic.hpp"

#include <doctest/doctest.h>

#include "base/result.hpp"

namespace chipcast {

TEST_CASE("a diagnostic shows place, cause, the line, a caret and the way out") {
  const Diagnostic diagnostic{.place = {.file = "example_npu.yaml",
                                        .line = 8,
                                        .column = 5,
                                        .length = 8,
                                        .source = "    bandwith: 0.8 TB/s"},
                              .message = "unknown key 'bandwith' in memory level 'HBM'",
                              .hint = "did you mean 'bandwidth'?"};
  CHECK(render(diagnostic) ==
        "example_npu.yaml:8:5: error: unknown key 'bandwith' in memory level 'HBM'\n"
        "      bandwith: 0.8 TB/s\n"
        "      ^~~~~~~~ did you mean 'bandwidth'?\n");
}

TEST_CASE("a binary file's diagnostic names the part, and a hint without a line stands alone") {
  const Diagnostic diagnostic{
      .place = {.file = "net.onnx", .part = "node 'a' (Conv)"}, .message = "no weight", .hint = "add one"};
  CHECK(render(diagnostic) == "net.onnx: error: node 'a' (Conv): no weight\n  add one\n");
}

TEST_CASE("an over-long line is cut around the place, and a caret past its end is not drawn") {
  Diagnostic diagnostic{.place = {.file = "f", .line = 1, .column = 1001, .source = std::string(5000, 'x')},
                        .message = "m"};
  CHECK(render(diagnostic).size() < 500);
  diagnostic.place.column = 9000;
  CHECK(render(diagnostic) == "f:1:9000: error: m\n");
}

TEST_CASE("a result holds a value or its diagnostics") {
  const Result<int> good = 3;
  CHECK(good);
  CHECK(*good == 3);
  const Result<int> bad = Diagnostic{.message = "no"};
  CHECK_FALSE(bad);
  CHECK(bad.diagnostics().front().message == "no");
}

}  // namespace chipcast

#include "validate/claim.hpp"

#include <doctest/doctest.h>

namespace chipcast {
namespace {

std::string complaint(const std::string& text) {
  const Result<std::vector<Claim>> claims = parse_claims("t.csv", text);
  return claims ? "" : render(claims.diagnostics());
}

TEST_CASE("a figure knows its unit and how far it was rounded") {
  const Result<std::vector<Claim>> claims = parse_claims("t.csv",
                                                         "model,metric,value,unit,as_printed\n"
                                                         "a,latency,0.23,ms,0.23\n"
                                                         "a,throughput,667000,1/s,667K\n"
                                                         "a,throughput,395000,1/s,~395K FPS (estimate)\n"
                                                         "a,activation_memory,1081.7,MB,\"1,081.7\"\n"
                                                         "a,flop_share_pooling,15,%,~15%\n"
                                                         "a,model_size,2.5e7,B,\n");
  REQUIRE(claims);
  const auto is = [&](std::size_t i, double value, double slack) {
    CHECK((*claims)[i].value == doctest::Approx(value));
    CHECK((*claims)[i].slack == doctest::Approx(slack));
  };
  is(0, 0.23e-3, 0.005e-3);
  is(1, 667e3, 0.5e3);
  is(2, 395e3, 0.5e3);
  is(3, 1081.7e6, 0.05e6);
  is(4, 0.15, 0.005);
  is(5, 25e6, 0.05e7);
  CHECK((*claims)[3].line == 5);
  CHECK((*claims)[5].printed == "2.5e7 B");
}

TEST_CASE("what is assumed, not found, is exact") {
  const auto claims =
      parse_claims("t.csv", "model,metric,value,unit\n,battery_capacity,10,Wh\n,inference_rate,1,1/s\n");
  REQUIRE(claims);
  CHECK((*claims)[0].value == 36'000);
  CHECK((*claims)[0].slack == 0);
  CHECK((*claims)[1].slack == 0);
}

TEST_CASE("a table of claims: columns in any order, none unknown, none of the needed ones missing") {
  CHECK(complaint("unit,value,metric,model\nms,1,latency,a\n").empty());
  const std::string wrong = complaint("model,metric,value,units\n");
  CHECK(wrong.find("t.csv:1:20: error: a table of claims has no column 'units'") == 0);
  CHECK(wrong.find("did you mean 'unit'?") != std::string::npos);
  CHECK(wrong.find("the column 'unit' is missing") != std::string::npos);
}

TEST_CASE("rows that say nothing clear are errors at their place, with a way out, all at once") {
  const std::string head = "model,metric,value,unit,precision,batch,as_printed,formula\n";
  struct Wrong {
    const char *row, *message;
  };
  const Wrong wrong[] = {
      {"a,latency,1,,,,,", "t.csv:2:13: error: no unit is given"},
      {"a,latency,1,MB,,,,", "t.csv:2:13: error: 'latency' is a time, such as 'ms', but 'MB' is a size"},
      {"a,flops,1,GFLOPS,,,,", "'GFLOPS' can mean a rate or a number of operations"},
      {"a,latency,-1,ms,,,,", "t.csv:2:11: error: a figure must not be negative"},
      {"a,latency,0,ms,,,,", "'latency' must be above zero"},
      {"a,latency,,ms,,,,", "no value is given"},
      {"a,latency,nan,ms,,,,", "'nan' is not a finite number"},
      {"a,latency,1 ms,ms,,,,", "'1 ms' is not a number alone"},
      {"a,latency,1e308,day,,,,", "out of range"},
      {"a,,1,ms,,,,", "no metric is given"},
      {"a,latency,1,ms,fp31,,,", "unknown precision 'fp31'"},
      {"a,latency,1,ms,,0,,", "'0' is no batch"},
      {"a,latency,1,ms,,,fast,", "'fast' holds no number"},
      {"a,latency,1,ms,,,2 ms,", "'2 ms' does not print the value 1"},
      {"a,gain,1,1,,,,latency /", "'' is neither a metric nor a number"},
      {"a,gain,1,1,,,,10 Wx / latency", "unknown unit 'Wx'"},
      {"a,gain,1,1,,,,\n,gain,1,s,,,,",
       "'gain' is a time, such as 'ms' here and a number, such as '1' or '%' in line 2"},
  };
  for (const Wrong& w : wrong) {
    CAPTURE(w.row);
    const std::string said = complaint(head + w.row + "\n");
    CAPTURE(said);
    CHECK(said.find(w.message) != std::string::npos);
  }
  const std::string both = complaint(head + "a,latency,-1,ms,,,,\na,latency,1,MB,,,,\n");
  CHECK(both.find("t.csv:2") != std::string::npos);
  CHECK(both.find("t.csv:3") != std::string::npos);
}

TEST_CASE("a table of more than 20,000 rows is refused") {
  std::string text = "model,metric,value,unit\n";
  for (int i = 0; i < 20'001; ++i) text += "a,latency,1,ms\n";
  CHECK(complaint(text).find("20001 rows, more than 20000") != std::string::npos);
}

TEST_CASE("formulas: products and quotients of metrics, of other models, and of numbers with units") {
  const Result<Formula> f = parse_formula("10 Wh / power[resnet18] * batch / 2");
  REQUIRE(f);
  REQUIRE(f->factors.size() == 4);
  CHECK(f->factors[0].number == 36'000);
  CHECK(f->factors[0].dimension == joule_dimension);
  CHECK(f->factors[1].divides);
  CHECK(f->factors[1].metric == "power");
  CHECK(f->factors[1].of == "resnet18");
  CHECK(!f->factors[2].divides);
  CHECK(f->factors[3].number == 2);
  CHECK(parse_formula("latency[nets/a.onnx] / latency")->factors[0].of == "nets/a.onnx");
  for (const char* wrong :
       {"", "*", "latency[", "latency[]", "Latency", "0", "-1 s", "a b", "latency / / power"}) {
    CAPTURE(wrong);
    CHECK(!parse_formula(wrong));
  }
  CHECK(parse_formula("latency * sum(x)").diagnostics()[0].place.column == 11);
}

}  // namespace
}  // namespace chipcast

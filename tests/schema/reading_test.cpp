#include "schema/reading.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>

namespace chipcast {
namespace {

// What reading a document of this content complains of.
std::string complaints(const std::string& source, const std::function<void(Fields&)>& read) {
  const Result<Document> document = parse_document("f.yaml", source);
  if (!document) return render(document.diagnostics());
  Reading reading(*document);
  Fields root = reading.root("device", 1, "the device");
  read(root);
  root.close();
  return render(reading.diagnostics());
}

// The same where the document is one field 'v' below its schema line.
std::string of_value(const std::string& value, const std::function<void(Value)>& read) {
  return complaints("schema: device/1\nv: " + value + "\n", [&](Fields& root) { read(root.get("v")); });
}

std::string as_integer(const std::string& value) {
  return of_value(value, [](Value v) { (void)v.integer({1, 64}); });
}
std::string as_bandwidth(const std::string& value) {
  return of_value(value, [](Value v) { (void)v.quantity<BytesPerSecond>(); });
}
std::string as_bytes(const std::string& value) {
  return of_value(value, [](Value v) { (void)v.quantity<Bytes>(); });
}

template <class Q>
Q quantity(const std::string& text) {
  Q result;
  CHECK(of_value(text, [&](Value v) { result = v.quantity<Q>(); }) == "");
  return result;
}

enum class Colour { red, green };
constexpr std::array<Choice<Colour>, 2> colours = {Choice<Colour>{"red", Colour::red},
                                                   Choice<Colour>{"green", Colour::green}};

}  // namespace

TEST_CASE("typed fields read what is written") {
  std::int64_t cores = 0;
  double ratio = 0;
  bool is_fast = false;
  Colour colour = Colour::red;
  std::string name, items;
  CHECK(complaints(
            "schema: device/1\nname: x\ncores: 8\nratio: 2.5e-1\nfast: true\ncolour: green\nlist: [1, 2]\n",
            [&](Fields& root) {
              name = root.get("name").text();
              cores = root.get("cores").integer({1, 64});
              ratio = root.get("ratio").real();
              is_fast = root.get("fast").boolean();
              colour = root.get("colour").one_of<Colour>(colours);
              for (const Value& item : root.get("list").items())
                items += std::to_string(item.integer()) + ";";
              CHECK_FALSE(root.find("absent"));
            }) == "");
  CHECK(name == "x");
  CHECK(cores == 8);
  CHECK(ratio == 0.25);
  CHECK(is_fast);
  CHECK(colour == Colour::green);
  CHECK(items == "1;2;");
}

TEST_CASE("an unknown key is suggested the known one") {
  CHECK(complaints("schema: device/1\nbandwith: 3\n", [](Fields& root) { (void)root.find("bandwidth"); }) ==
        "f.yaml:2:1: error: unknown key 'bandwith' in the device\n"
        "  bandwith: 3\n"
        "  ^~~~~~~~ did you mean 'bandwidth'?\n");
  CHECK(complaints("schema: device/1\nzzz: 3\n", [](Fields& root) { (void)root.find("cores"); }) ==
        "f.yaml:2:1: error: unknown key 'zzz' in the device\n"
        "  zzz: 3\n"
        "  ^~~ known are 'schema', 'cores'\n");
}

TEST_CASE("a missing key is an error at its map") {
  CHECK(complaints("schema: device/1\nmemory:\n  size: 1\n",
                   [](Fields& root) {
                     Fields memory = root.get("memory").fields("memory 'HBM'");
                     (void)memory.get("bandwidth");
                     (void)memory.get("size");
                     memory.close();
                   }) ==
        "f.yaml:3:3: error: missing key 'bandwidth' in memory 'HBM'\n"
        "    size: 1\n"
        "    ^\n");
}

TEST_CASE("all errors of a file are reported at once, in its order") {
  CHECK(complaints("schema: device/1\ncores: many\nnmae: x\n",
                   [](Fields& root) {
                     (void)root.get("name");
                     (void)root.get("cores").integer();
                   }) ==
        "f.yaml:1:1: error: missing key 'name' in the device\n"
        "  schema: device/1\n"
        "  ^\n"
        "f.yaml:2:8: error: 'cores' must be an integer, not 'many'\n"
        "  cores: many\n"
        "         ^~~~\n"
        "f.yaml:3:1: error: unknown key 'nmae' in the device\n"
        "  nmae: x\n"
        "  ^~~~ did you mean 'name'?\n");
}

TEST_CASE("the schema line must be there and be the right one") {
  const auto nothing = [](Fields&) {};
  CHECK(complaints("{}\n", nothing) ==
        "f.yaml:1:1: error: missing key 'schema'\n  {}\n  ^ begin the file with 'schema: device/1'\n");
  CHECK(complaints("schema: zoo/1\n", nothing) ==
        "f.yaml:1:9: error: schema 'zoo/1' where 'device/1' is wanted\n  schema: zoo/1\n          ^~~~~\n");
  CHECK(complaints("schema: device/2\n", nothing) ==
        "f.yaml:1:9: error: schema 'device/2' is not one this chipcast reads\n"
        "  schema: device/2\n"
        "          ^~~~~~~~ it reads 'device/1'\n");
  CHECK(complaints("- a\n", nothing) ==
        "f.yaml:1:1: error: the device must be a map, not a list\n"
        "  - a\n"
        "  ^ begin the file with 'schema: device/1'\n");
}

TEST_CASE("numbers that other readers misread are errors") {
  CHECK(as_integer("010") ==
        "f.yaml:2:4: error: 'v': '010' has a leading zero\n"
        "  v: 010\n"
        "     ^~~ some readers take it for an octal number: leave it out\n");
  CHECK(as_integer("0x10") ==
        "f.yaml:2:4: error: 'v': '0x10' is not a decimal number\n"
        "  v: 0x10\n"
        "     ^~~~ write it in decimal digits\n");
  CHECK(as_integer("1_000") ==
        "f.yaml:2:4: error: 'v': '1_000' is not a number\n"
        "  v: 1_000\n"
        "     ^~~~~ write the digits without '_'\n");
  for (const std::string word : {".nan", ".NaN", "nan", ".inf", "-.inf", "inf"}) {
    const std::string message = of_value(word, [](Value v) { (void)v.real(); });
    CHECK(message.starts_with("f.yaml:2:4: error: 'v': '" + word + "' is not a finite number\n"));
  }
  CHECK(of_value("1e999", [](Value v) {
          (void)v.real();
        }).starts_with("f.yaml:2:4: error: 'v': '1e999' is out of range\n"));
  CHECK(as_integer("9223372036854775808")
            .starts_with("f.yaml:2:4: error: 'v': '9223372036854775808' is out of range\n"));
  CHECK(of_value("1.", [](Value v) { (void)v.real(); }) ==
        "f.yaml:2:4: error: 'v': '1.' is not a number\n  v: 1.\n     ^~ write digits on both sides of the "
        "point\n");
}

TEST_CASE("a value of the wrong type says what is wanted and what is there") {
  CHECK(as_integer("2.5").starts_with("f.yaml:2:4: error: 'v' must be an integer, not '2.5'\n"));
  CHECK(as_integer("'8'").starts_with("f.yaml:2:4: error: 'v' must be an integer, not a text in quotes\n"));
  CHECK(as_integer("[1]").starts_with("f.yaml:2:4: error: 'v' must be an integer, not a list\n"));
  CHECK(as_integer("{a: 1}").starts_with("f.yaml:2:4: error: 'v' must be an integer, not a map\n"));
  CHECK(as_integer("").starts_with("f.yaml:2:1: error: 'v' must be an integer, not nothing\n"));
  CHECK(of_value("yes", [](Value v) {
          (void)v.boolean();
        }).starts_with("f.yaml:2:4: error: 'v' must be true or false, not 'yes'\n"));
  CHECK(of_value("x", [](Value v) {
          (void)v.items();
        }).starts_with("f.yaml:2:4: error: 'v' must be a list, not a text\n"));
  CHECK(of_value("x", [](Value v) {
          (void)v.fields("y");
        }).starts_with("f.yaml:2:4: error: 'v' must be a map, not a text\n"));
  CHECK(of_value("''", [](Value v) { (void)v.text(); }).starts_with("f.yaml:2:4: error: 'v' is empty\n"));
}

TEST_CASE("a value out of range says the range") {
  CHECK(as_integer("70") == "f.yaml:2:4: error: 'v' must be between 1 and 64, not 70\n  v: 70\n     ^~\n");
  CHECK(of_value("0", [](Value v) {
          (void)v.integer({.least = 1});
        }).starts_with("f.yaml:2:4: error: 'v' must be at least 1, not 0\n"));
  CHECK(of_value("1.5", [](Value v) {
          (void)v.real({.most = 1.0});
        }).starts_with("f.yaml:2:4: error: 'v' must be at most 1, not 1.5\n"));
}

TEST_CASE("a choice that does not exist is suggested those that do") {
  const auto choose = [](Value v) { (void)v.one_of<Colour>(colours); };
  CHECK(of_value("gren", choose) ==
        "f.yaml:2:4: error: 'v' cannot be 'gren'\n  v: gren\n     ^~~~ did you mean 'green'?\n");
  CHECK(of_value("blue", choose) ==
        "f.yaml:2:4: error: 'v' cannot be 'blue'\n  v: blue\n     ^~~~ one of 'red', 'green'\n");
}

TEST_CASE("quantities carry their units") {
  CHECK(in(quantity<BytesPerSecond>("4.8 TB/s"), gigabyte / second) == doctest::Approx(4800));
  CHECK(in(quantity<BytesPerSecond>("1 GiB/s"), byte / second) == doctest::Approx(1073741824.0));
  CHECK(in(quantity<JoulesPerByte>("3.9 pJ/B"), joule / byte) == doctest::Approx(3.9e-12));
  CHECK(in(quantity<Watts>("15 W"), watt) == 15);
  CHECK(in(quantity<Watts>("250 mW"), watt) == doctest::Approx(0.25));
  CHECK(in(quantity<Joules>("10 Wh"), joule) == 36'000);  // 10 * 3600
  CHECK(in(quantity<Hertz>("1.2 GHz"), hertz) == doctest::Approx(1.2e9));
  CHECK(in(quantity<Seconds>("33 ms"), second) == doctest::Approx(0.033));
  CHECK(in(quantity<Seconds>("5 us"), second) == doctest::Approx(5e-6));
  CHECK(in(quantity<FlopsPerSecond>("2 TFLOP/s"), flop / second) == doctest::Approx(2e12));
  CHECK(in(quantity<FlopsPerSecond>("8 TOP/s"), flop / second) == doctest::Approx(8e12));
  CHECK(quantity<Bytes>("512 KiB") == 524'288 * byte);       // 512 * 1024
  CHECK(quantity<Bytes>("1.2 GB") == 1'200'000'000 * byte);  // exact although 1.2 is no binary fraction
}

TEST_CASE("a unit of another kind says what is meant, at the unit") {
  CHECK(as_bandwidth("4.8 GB") ==
        "f.yaml:2:8: error: 'v' must be a bandwidth, but 'GB' is a size\n"
        "  v: 4.8 GB\n"
        "         ^~ write for example '4.8 TB/s'\n");
  CHECK(as_bandwidth("4.8") ==
        "f.yaml:2:4: error: 'v' has no unit\n"
        "  v: 4.8\n"
        "     ^~~ write a bandwidth such as '4.8 TB/s'\n");
  CHECK(as_bandwidth("4.8 furlong/s") ==
        "f.yaml:2:8: error: unknown unit 'furlong/s'\n"
        "  v: 4.8 furlong/s\n"
        "         ^~~~~~~~~ write a bandwidth such as '4.8 TB/s'\n");
}

TEST_CASE("units that say too little are refused with the ones to use") {
  CHECK(as_bytes("3 KB") ==
        "f.yaml:2:6: error: 'KB' is not a unit\n  v: 3 KB\n       ^~ write kB (1000) or KiB (1024)\n");
  CHECK(of_value("3 GFLOPS", [](Value v) { (void)v.quantity<FlopsPerSecond>(); }) ==
        "f.yaml:2:6: error: 'GFLOPS' can mean a rate or a number of operations\n"
        "  v: 3 GFLOPS\n"
        "       ^~~~~~ write GFLOP/s or GFLOP\n");
  CHECK(as_bandwidth("10 Gbit/s").find("error: 'Gbit/s' counts bits\n") != std::string::npos);
  CHECK(as_bytes("3 mB").find("error: unknown unit 'mB'\n") != std::string::npos);  // no milli-bytes
}

TEST_CASE("counts come whole, amounts are not negative") {
  CHECK(as_bytes("1.3 B") ==
        "f.yaml:2:4: error: 'v' is not a whole number of bytes\n  v: 1.3 B\n     ^~~~~\n");
  CHECK(as_bytes("10000000 TB").find("error: 'v' is out of range\n") != std::string::npos);  // 10^19 > 2^63
  CHECK(as_bytes("-1 B").find("error: 'v' must not be negative\n") != std::string::npos);
  CHECK(of_value("0 W", [](Value v) {
          (void)v.quantity<Watts>(Sign::positive);
        }).find("error: 'v' must be above zero\n") != std::string::npos);
}

TEST_CASE("a document names its schema") {
  const Result<Document> document = parse_document("f.yaml", "schema: runtime/1\n");
  REQUIRE(document);
  CHECK(schema_of(*document) == "runtime/1");
}

}  // namespace chipcast

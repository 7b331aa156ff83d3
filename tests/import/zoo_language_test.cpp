// The language of zoo files: what it means, and every complaint word by word.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "import/zoo.hpp"

namespace chipcast {
namespace {

// A family whose network is `steps`, one a line, after `blocks`.
std::string family(const std::string& steps, const std::string& blocks = "") {
  std::string text =
      "schema: zoo/1\n"
      "family: test\n"
      "about: a test\n"
      "source: none\n"
      "parameters: {c: 8, ratio: 0.5, list: [1, 2, 3], flag: true, kind: {default: a, one_of: [a, b]}}\n"
      "inputs: {image: 'float32[1, 3, 16, 16]'}\n";
  if (!blocks.empty()) text += "blocks:\n" + blocks;
  text += "network:\n";
  for (std::size_t at = 0; at < steps.size();) {
    const std::size_t end = std::min(steps.find('\n', at), steps.size());
    text += "  - " + steps.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return text + "variants: {test: {}}\n";
}

// What building it complains of, without the lines of source; empty if nothing.
std::string complaint(const std::string& steps, const std::string& blocks = "") {
  const Result<Graph> graph = build_zoo_source("f.yaml", family(steps, blocks));
  return graph ? std::string() : render(graph.diagnostics());
}

Shape shape_of(const std::string& steps, const std::string& blocks = "") {
  const Result<Graph> graph = build_zoo_source("f.yaml", family(steps, blocks));
  REQUIRE_MESSAGE(graph, (graph ? std::string() : render(graph.diagnostics())));
  return graph->tensor(graph->outputs()[0]).type.shape;
}

// The channels of a convolution whose filters are `expression`.
std::int64_t value_of(const std::string& expression) { return shape_of("conv(" + expression + ", 1)")[1]; }

std::vector<std::string> operator_names_of(const std::string& steps, const std::string& blocks = "") {
  const Result<Graph> graph = build_zoo_source("f.yaml", family(steps, blocks));
  REQUIRE(graph);
  std::vector<std::string> names;
  for (const Operator& op : graph->operators()) names.push_back(op.name);
  return names;
}

}  // namespace

TEST_CASE("expressions compute as Python does") {
  CHECK(value_of("2 + 3 * 4") == 14);
  CHECK(value_of("(2 + 3) * 4") == 20);
  CHECK(value_of("7 // 2") == 3);
  CHECK(value_of("10 - 7 // -2") == 14);      // rounds down: -4
  CHECK(value_of("10 + -7 % 3") == 12);       // of the divisor's sign: 2
  CHECK(value_of("2 ** 3 ** 2 // 64") == 8);  // 2 ** 9
  CHECK(value_of("10 - 2 ** 2") == 6);
  CHECK(value_of("int(7 / 2)") == 3);
  CHECK(value_of("ceil(2.1)") == 3);
  CHECK(value_of("round(2.5)") == 2);  // halves to even
  CHECK(value_of("round(3.5)") == 4);
  CHECK(value_of("max(1, 5, 3) + min(list)") == 6);
  CHECK(value_of("sum(list) + len(list)") == 9);
  CHECK(value_of("list[0] + list[-1]") == 4);
  CHECK(value_of("abs(0 - 3)") == 3);
  CHECK(value_of("int(sqrt(16) + log(1))") == 4);
  CHECK(value_of("4 if c > 8 else 5") == 5);
  CHECK(value_of("4 if c == 8 and not flag == false else 5") == 4);
  CHECK(value_of("4 if kind == 'a' or c / 0 > 1 else 5") == 4);  // what decides first decides alone
  CHECK(value_of("zip(list, [4, 5, 6])[2][1]") == 6);
  CHECK(value_of("range(5, 9)[1]") == 6);
  CHECK(value_of("channels() + size(x, 2) + size(input, -1)") == 35);  // 3 + 16 + 16
}

TEST_CASE("make_divisible takes the nearest multiple, but loses at most a tenth") {
  CHECK(value_of("make_divisible(32)") == 32);
  CHECK(value_of("make_divisible(32 * 0.75)") == 24);
  CHECK(value_of("make_divisible(33)") == 32);
  CHECK(value_of("make_divisible(12)") == 16);  // nearest, halves up
  CHECK(value_of("make_divisible(11)") == 16);  // 8 would lose more than a tenth of 11
  CHECK(value_of("make_divisible(3)") == 8);    // never below the divisor
  CHECK(value_of("make_divisible(17, 4)") == 16);
}

TEST_CASE("a chain hands each step's tensor to the next") {
  CHECK(shape_of("conv(c, 3, 2) -> bn -> relu") == Shape{1, 8, 8, 8});
  CHECK(shape_of("conv(c, [1, 3], stride=[2, 1], pad=0)") == Shape{1, 8, 8, 14});
  CHECK(shape_of("conv(c, 5, pad='same', stride=3)") == Shape{1, 8, 6, 6});  // ceil(16 / 3)
  CHECK(shape_of("global_avg_pool -> flatten -> linear(10)") == Shape{1, 10});
}

TEST_CASE("a name is the tensor its step yields; x is the current one and input the block's") {
  CHECK(shape_of("a = conv(4)\nb = conv(6)\nconcat(a, b, x, input)") == Shape{1, 4 + 6 + 6 + 3, 16, 16});
  CHECK(shape_of("a = conv(4)\nconv(5)\na -> relu") == Shape{1, 4, 16, 16});
  CHECK(shape_of("conv(4) -> a, b = split -> concat(b, a, axis=2)") == Shape{1, 2, 32, 16});
}

TEST_CASE("a step whose condition fails is the identity, or what stands behind else") {
  CHECK(shape_of("relu -> conv(4) if c == 9\nrelu") == Shape{1, 3, 16, 16});
  CHECK(shape_of("conv(4) if c == 9 else conv(5) -> conv(6)") == Shape{1, 6, 16, 16});
  CHECK(shape_of("conv(4)\ninput -> a = conv(7) if false\nadd(a, input)") == Shape{1, 3, 16, 16});
  CHECK(shape_of("{if: c == 8, then: [conv(4)], else: [conv(5)]}") == Shape{1, 4, 16, 16});
}

TEST_CASE("blocks take arguments by position and by name, and have defaults") {
  const std::string blocks = "  twice(n, m=n + 1):\n    - conv(n) -> conv(m)\n";
  CHECK(shape_of("twice(4)", blocks) == Shape{1, 5, 16, 16});
  CHECK(shape_of("twice(4, 9)", blocks) == Shape{1, 9, 16, 16});
  CHECK(shape_of("twice(m=2, n=4)", blocks) == Shape{1, 2, 16, 16});
  CHECK(shape_of("use('twi' if c == 9 else 'twice', 4)", blocks) == Shape{1, 5, 16, 16});
}

TEST_CASE("loops run over lists, several variables at once") {
  CHECK(shape_of("{for: i in range(3), do: [conv(4 + i)]}") == Shape{1, 6, 16, 16});
  CHECK(shape_of("{for: 'n, s in [[4, 2], [5, 1], [6, 2]]', do: ['conv(n, 3, s)']}") == Shape{1, 6, 4, 4});
  CHECK(shape_of("let n = 1\n{for: i in range(4), do: [let n = n * 2]}\nconv(n)") == Shape{1, 16, 16, 16});
}

TEST_CASE(
    "layers of detectors and segmenters: enlarging, transposed convolution, leaky ReLU, group "
    "normalization") {
  // The image is 3x16x16; a transposed convolution gives (16 - 1) * 2 - 2 * 1 + 4 = 32.
  CHECK(shape_of("upsample(2)") == Shape{1, 3, 32, 32});
  CHECK(shape_of("conv_transpose(8, 4, 2, pad=1)") == Shape{1, 8, 32, 32});
  CHECK(operator_names_of("up = conv_transpose(8, 2, 2, bias=true) -> leaky_relu -> group_norm(4)") ==
        std::vector<std::string>{"up", "leaky_relu", "group_norm"});
  CHECK(complaint("flatten -> upsample(2)")
            .starts_with("f.yaml:8:16: error: upsample wants a tensor of 3 to 5 dimensions"));
  CHECK(complaint("group_norm(4)").starts_with("f.yaml:8:5: error: "));
}

TEST_CASE("convolutions that name whose weights they read share them") {
  const Result<Graph> graph = build_zoo_source(
      "f.yaml",
      family(
          "conv(3, 3, bias=true, weights='head') -> max_pool(2) -> conv(3, 3, bias=true, weights='head')"));
  REQUIRE(graph);
  std::vector<std::string> weights;
  for (const Tensor& tensor : graph->tensors()) {
    if (tensor.name.starts_with("head.")) weights.push_back(tensor.name);
  }
  CHECK(weights == std::vector<std::string>{"head.weight", "head.bias"});
  CHECK(complaint("conv(4, weights='head') -> conv(4, weights='head')")
            .starts_with(
                "f.yaml:8:32: error: conv needs a weight of shape 4x4x1x1, but 'head.weight' has shape "
                "4x3x1x1\n"));
}

TEST_CASE("shared weights are bounded as others are") {
  CHECK(complaint("conv(16777216, weights='a') -> conv(16777216, 65535, weights='b')")
            .find("error: conv would need a weight of shape") != std::string::npos);
}

TEST_CASE("operators bear the names that exporters of PyTorch give them") {
  const std::string blocks =
      "  block:\n    - conv1 = conv(3) -> bn1 = bn -> relu\n    - down = (conv(3) -> bn)\n";
  const std::vector<std::string> expected = {"stem",
                                             "layer1.0.conv1",
                                             "layer1.0.bn1",
                                             "layer1.0.relu",
                                             "layer1.0.down.0",
                                             "layer1.0.down.1",
                                             "layer1.1.conv1",
                                             "layer1.1.bn1",
                                             "layer1.1.relu",
                                             "layer1.1.down.0",
                                             "layer1.1.down.1",
                                             "relu",
                                             "relu_2"};
  CHECK(operator_names_of(
            "stem = conv(3)\n{for: i in range(2), do: ['layer{0 + 1}[] = block']}\nrelu -> relu", blocks) ==
        expected);
}

TEST_CASE("running statistics are neither stored nor counted") {
  const Result<Graph> graph = build_zoo_source("f.yaml", family("conv(4) -> bn1 = bn"));
  REQUIRE(graph);
  std::vector<std::string> absorbed;
  for (const Tensor& tensor : graph->tensors()) {
    if (tensor.is_absorbed) absorbed.push_back(tensor.name);
  }
  CHECK(absorbed == std::vector<std::string>{"bn1.running_mean", "bn1.running_var"});
}

// ---- complaints

TEST_CASE("an unknown layer, block, tensor, function, name or argument is suggested a known one") {
  CHECK(complaint("cnv(4)") ==
        "f.yaml:8:5: error: no layer, block or tensor is called 'cnv'\n"
        "    - cnv(4)\n"
        "      ^~~ did you mean 'conv'?\n");
  CHECK(complaint("conv(rato * 8)") ==
        "f.yaml:8:10: error: unknown name 'rato'\n"
        "    - conv(rato * 8)\n"
        "           ^~~~ did you mean 'ratio'?\n");
  CHECK(complaint("conv(make_divisble(4))") ==
        "f.yaml:8:10: error: unknown function 'make_divisble'\n"
        "    - conv(make_divisble(4))\n"
        "           ^~~~~~~~~~~~~ did you mean 'make_divisible'?\n");
  CHECK(complaint("conv(4, strde=2)") ==
        "f.yaml:8:13: error: no argument is called 'strde'\n"
        "    - conv(4, strde=2)\n"
        "              ^~~~~ did you mean 'stride'?\n");
  CHECK(complaint("shortcut = relu\nadd(x, shortcat)") ==
        "f.yaml:9:12: error: no tensor is called 'shortcat'\n"
        "    - add(x, shortcat)\n"
        "             ^~~~~~~~ did you mean 'shortcut'?\n");
  CHECK(complaint("use('blok')", "  block:\n    - relu\n") ==
        "f.yaml:11:9: error: no block is called 'blok'\n"
        "    - use('blok')\n"
        "          ^~~~~~ did you mean 'block'?\n");
}

TEST_CASE("all mistakes of a file are reported together") {
  CHECK(complaint("cnv(4)\nrelu\nconv(4, 3, 2, 1, 1, 1, 1, 1, 1)\nlet c = 4") ==
        "f.yaml:8:5: error: no layer, block or tensor is called 'cnv'\n"
        "    - cnv(4)\n"
        "      ^~~ did you mean 'conv'?\n"
        "f.yaml:10:34: error: at most 8 argument(s) here\n"
        "    - conv(4, 3, 2, 1, 1, 1, 1, 1, 1)\n"
        "                                   ^\n"
        "f.yaml:11:9: error: 'c' is a parameter already\n"
        "    - let c = 4\n"
        "          ^\n");
}

TEST_CASE("what cannot be parsed says what is missing, at its place") {
  CHECK(complaint("conv(4") ==
        "f.yaml:8:11: error: ')' is missing at the end\n"
        "    - conv(4\n"
        "            ^ inside [ ] YAML splits at commas: write steps as a list of lines\n");
  CHECK(complaint("conv(4))").starts_with("f.yaml:8:12: error: ')' after the end\n"));
  CHECK(complaint("conv(4 +)").starts_with("f.yaml:8:13: error: ')' where an expression is expected\n"));
  CHECK(complaint("conv(4) ->").starts_with("f.yaml:8:15: error: a step is missing\n"));
  CHECK(complaint("conv(010)").starts_with("f.yaml:8:10: error: '010' has a leading zero\n"));
  CHECK(complaint("conv(4, kernel=3, kernel=3)")
            .starts_with("f.yaml:8:23: error: the argument 'kernel' is given twice\n"));
  CHECK(complaint("conv(kernel=3, 4)")
            .starts_with("f.yaml:8:20: error: an argument by position after one by name\n"));
  CHECK(complaint("conv").starts_with("f.yaml:8:5: error: 'conv' lacks 'filters'\n"));
  CHECK(complaint("x = relu").starts_with("f.yaml:8:5: error: 'x' cannot name a tensor\n"));
  CHECK(complaint("split").starts_with("f.yaml:8:5: error: 'split' yields several tensors: name each\n"));
  CHECK(complaint("a, b = relu")
            .starts_with("f.yaml:8:12: error: the step yields one tensor, but several are named\n"));
  CHECK(complaint("conv(min())").starts_with("f.yaml:8:10: error: 'min' takes 1 to 8 argument(s), not 0\n"));
  CHECK(complaint("conv('a)").find("error: the text is not closed by a quote\n") != std::string::npos);
  CHECK(complaint("conv(" + std::string(60, '(') + "1" + std::string(60, ')') + ")")
            .find("error: nested deeper than 50 levels\n") != std::string::npos);
}

TEST_CASE("what cannot be computed says why, at the expression") {
  CHECK(complaint("conv(c / 0)") ==
        "f.yaml:8:10: error: division by zero\n"
        "    - conv(c / 0)\n"
        "           ^~~~~\n");
  CHECK(complaint("conv(list[7])").starts_with("f.yaml:8:10: error: index 7 is outside a list of 3\n"));
  CHECK(complaint("conv(c[0])")
            .starts_with("f.yaml:8:10: error: only a list can be indexed, not an integer\n"));
  CHECK(complaint("conv(kind + 1)").starts_with("f.yaml:8:10: error: a number is wanted, not a text\n"));
  CHECK(complaint("conv(2 ** 63)").starts_with("f.yaml:8:10: error: the number is too large\n"));
  CHECK(complaint("conv(9223372036854775807 * 2)")
            .starts_with("f.yaml:8:10: error: the number is too large\n"));
  CHECK(complaint("conv(10.0 ** 300 * 10.0 ** 300)")
            .starts_with("f.yaml:8:10: error: the result is not a finite number\n"));
  CHECK(complaint("conv(zip(list, [1])[0][0])")
            .starts_with("f.yaml:8:10: error: the lists are not of the same length\n"));
  CHECK(complaint("relu if list").starts_with("f.yaml:8:13: error: a condition cannot be a list\n"));
  CHECK(complaint("conv(size(x, 9))")
            .starts_with("f.yaml:8:10: error: a tensor of shape 1x3x16x16 has no axis 9\n"));
  CHECK(complaint("{if: false, then: [let n = 1]}\nconv(n)")
            .starts_with("f.yaml:9:10: error: 'n' has no value yet\n"));
  CHECK(complaint("{if: false, then: [a = relu]}\nadd(a, x)")
            .starts_with("f.yaml:9:9: error: the tensor has not been computed yet\n"));
  CHECK(complaint("{for: i in 3, do: [relu]}")
            .starts_with("f.yaml:8:11: error: a loop runs over a list, not an integer\n"));
  CHECK(complaint("{for: 'i, j in list', do: [relu]}")
            .find("error: the loop names 2 variables, but 1 has 0 values\n") != std::string::npos);
}

TEST_CASE("what a layer cannot do is said in the layer's words, or the operator's") {
  CHECK(complaint("conv(c / 2)") ==
        "f.yaml:8:5: error: 'filters' of conv must be an integer, not 4 ('//' divides integers)\n"
        "    - conv(c / 2)\n"
        "      ^~~~~~~~~~~\n");
  CHECK(complaint("conv(0)").starts_with(
      "f.yaml:8:5: error: 'filters' of conv must be between 1 and 16777216, not 0\n"));
  CHECK(complaint("conv(4, groups=2)")
            .starts_with("f.yaml:8:5: error: 3 channels to 4 do not divide into 2 groups\n"));
  CHECK(
      complaint("flatten -> bn -> max_pool(2)")
          .starts_with(
              "f.yaml:8:22: error: max_pool wants a tensor of 3 to 5 dimensions, not one of shape 1x768\n"));
  CHECK(complaint("activation('rleu')")
            .starts_with("f.yaml:8:5: error: no activation is called 'rleu'; did you mean 'relu'?\n"));
  CHECK(complaint("adaptive_avg_pool(17)")
            .starts_with("f.yaml:8:5: error: the image has shrunk to 16, below the 17 that are pooled here: "
                         "raise the resolution\n"));
  CHECK(complaint("a = conv(4)\nadd(a, input)").starts_with("f.yaml:9:5: error: Add: "));
  CHECK(complaint("reshape([1, 5])").starts_with("f.yaml:8:5: error: Reshape: "));
}

TEST_CASE("a complaint within a block says where the block was used") {
  CHECK(complaint("layer1[] = block(0)", "  block(n):\n    - conv(n)\n") ==
        "f.yaml:9:7: error: 'filters' of conv must be between 1 and 16777216, not 0\n"
        "      - conv(n)\n"
        "        ^~~~~~~ in 'layer1.0', block 'block'\n");
}

TEST_CASE("a network that never ends is stopped") {
  CHECK(complaint("block", "  block:\n    - block\n")
            .find("error: blocks nest deeper than 32 (does 'block' contain itself?)\n") != std::string::npos);
  const std::string loops =
      "{for: a in range(9999), do: [{for: b in range(9999), do: [{for: d in range(9999), do: [let n = "
      "a]}]}]}\nrelu";
  CHECK(complaint(loops).find("error: the network takes more than 1,000,000 steps\n") != std::string::npos);
  CHECK(complaint("{for: i in range(99999), do: [relu]}").find("error: a list has at most 10000 items\n") !=
        std::string::npos);
  const std::string wide = "{for: i in range(9999), do: [{for: j in range(99), do: [relu]}]}";
  CHECK(complaint(wide).find("error: the network has more than 100,000 operators\n") != std::string::npos);
  // Each block uses the one before twice: 2^40 steps if it were let.
  std::string blocks = "  b0:\n    - relu\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "b" + std::to_string(i - 1);
    blocks += "  b" + std::to_string(i) + ":\n    - " + before + " -> " + before + "\n";
  }
  CHECK(complaint("b30", blocks).find("more than") != std::string::npos);
  CHECK(complaint("b40", blocks).find("error: blocks nest deeper than 32") != std::string::npos);
}

TEST_CASE("numbers that outgrow int64 and tensors that no memory holds are complaints") {
  CHECK(
      complaint("conv(16777216) -> conv(16777216, 65535)").find("error: conv would need a weight of shape") !=
      std::string::npos);
  CHECK(complaint("reshape([768]) -> expand([1099511627776, 2, 768])").find("error: Expand: ") !=
        std::string::npos);
}

TEST_CASE("parts of a file that are missing, doubled or of the wrong kind") {
  const auto of_file = [](const std::string& source) {
    const Result<Graph> graph = build_zoo_source("f.yaml", source);
    return graph ? std::string() : render(graph.diagnostics());
  };
  CHECK(of_file("schema: zoo/1\n") ==
        "f.yaml:1:1: error: missing key 'family' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'about' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'source' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'parameters' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'inputs' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'network' in a zoo file\n  schema: zoo/1\n  ^\n"
        "f.yaml:1:1: error: missing key 'variants' in a zoo file\n  schema: zoo/1\n  ^\n");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = family("relu");
    text.replace(text.find(from), from.size(), to);
    return of_file(text);
  };
  CHECK(with("variants: {test: {}}", "variants: {test: {cc: 3}}")
            .find("error: unknown key 'cc' in variant 'test'\n") != std::string::npos);
  CHECK(with("test: {}", "test: {c: 0}").find("error: 'c' must be between 1 and 1048576, not 0\n") !=
        std::string::npos);
  CHECK(with("test: {}", "test: {c: many}").find("error: 'c' must be an integer, not 'many'\n") !=
        std::string::npos);
  CHECK(with("test: {}", "test: {kind: z}").find("error: 'kind' must be one of 'a', 'b', not 'z'\n") !=
        std::string::npos);
  CHECK(with("test: {}", "test: {flag: 2}").find("error: 'flag' must be true or false, not 2\n") !=
        std::string::npos);
  CHECK(with("test: {}", "test: {list: 2}").find("error: 'list' must be a list, not 2\n") !=
        std::string::npos);
  CHECK(with("test: {}", "").find("error: a family has at least one variant\n") != std::string::npos);
  CHECK(with("c: 8", "c: 0").find("error: the default of 'c' must be between 1 and 1048576, not 0\n") !=
        std::string::npos);
  CHECK(with("c: 8", "if: 8").find("error: 'if' cannot name a parameter\n") != std::string::npos);
  CHECK(with("c: 8", "c: 010").find("'010' has a leading zero\n") != std::string::npos);
  CHECK(with("float32[", "flot32[").find("error: 'flot32' is not an element type\n") != std::string::npos);
  CHECK(with("[1, 3, 16, 16]", "[1, 3, 0, 16]")
            .find("error: an extent of an input is an integer from 1 to 2^24, not 0\n") != std::string::npos);
  CHECK(
      with("- relu", "- {fr: i in range(3), do: [relu]}").find("error: unknown key 'fr' in a condition\n") !=
      std::string::npos);
  CHECK(with("- relu", "- [relu]").find("must be a line of text\n") != std::string::npos);
  CHECK(with("- relu", "- let a = 1") == "f.yaml: error: the network has no operator\n");
}

}  // namespace chipcast

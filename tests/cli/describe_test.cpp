#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

Json describe_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "describe");
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  CHECK(ran.code == exit_done);
  return Json::parse(ran.out);
}

TEST_CASE("describe a network of the zoo: ResNet-18 has 11,689,512 parameters and 1.814 GMACs") {
  const Json net = describe_json({"resnet18"});  // torchvision's documentation of resnet18
  CHECK(net["model"] == "resnet18");
  CHECK(net["parameters"] == 11'689'512);
  CHECK(net["macs"].get<std::int64_t>() / 1'000'000 == 1'814);
  CHECK(net["not_modelled"] == Json::array());
  std::int64_t macs = 0, parameters = 0;
  for (const Json& op : net["operators"]) {
    macs += op["macs"].get<std::int64_t>();
    parameters += op["parameters"].get<std::int64_t>();
  }
  CHECK(macs == net["macs"]);
  CHECK(parameters == net["parameters"]);
}

TEST_CASE("describe an ONNX file: a 3x3 convolution of 3 channels to 4 over 8x8 is 4*6*6 * 3*3*3 MACs") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  const Json net = describe_json({folder.path("net.onnx"), "-q"});
  CHECK(net["macs"] == 4 * 6 * 6 * 3 * 3 * 3);
  CHECK(net["parameters"] == 4 * 3 * 3 * 3);
  CHECK(net["operators"][0]["name"] == "conv");
  CHECK(net["operators"][0]["kind"] == "Conv");
  CHECK(net["operators"][0]["output_shape"] == Json{1, 4, 6, 6});
  CHECK(net["inputs"][0] == Json{{"name", "x"}, {"shape", {1, 3, 8, 8}}, {"dtype", "float32"}});
}

TEST_CASE("a batch that is not bound is 1, says so on standard error, and --quiet keeps that back") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  const Ran ran = run_program({"describe", folder.path("net.onnx")});
  CHECK(ran.code == exit_done);
  CHECK(ran.err == folder.path("net.onnx") +
                       ": warning: 'batch' is not bound and taken to be 1 (--dim batch=N changes it)\n");
  CHECK(run_program({"describe", folder.path("net.onnx"), "--quiet"}).err.empty());
}

TEST_CASE("--dim binds extents of a file and parameters of the zoo alike") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  CHECK(describe_json({folder.path("net.onnx"), "--dim", "batch=8"})["macs"] == 8 * 4 * 6 * 6 * 27);
  const std::int64_t macs = describe_json({"resnet18"})["macs"];
  CHECK(describe_json({"resnet18", "--dim", "batch=8"})["macs"] == 8 * macs);
  CHECK(describe_json({"resnet18", "--dim", "batch=8"})["model"] == "resnet18?batch=8");
  CHECK(describe_json({"resnet18?classes=10", "--dim", "batch=2,resolution=192"})["model"] ==
        "resnet18?classes=10,batch=2,resolution=192");
}

TEST_CASE("a dimension that no network has is a warning, a doubled one an error") {
  const Ran unused = run_program({"describe", "resnet18", "--dim", "bacth=8"});
  CHECK(unused.code == exit_done);
  CHECK(unused.err.find("'bacth'") != std::string::npos);
  const Ran doubled = run_program({"describe", "resnet18", "--dim", "batch=8", "--dim", "batch=9"});
  CHECK(doubled.code == exit_usage);
  CHECK(doubled.err.find("contradicts an earlier one") != std::string::npos);
}

TEST_CASE("networks side by side: ratios to the first") {
  const Json both = describe_json({"resnet18", "resnet50"});
  REQUIRE(both.is_array());
  REQUIRE(both.size() == 2);
  CHECK(both[0]["ratio_to_first"]["parameters"] == 1.0);
  CHECK(both[1]["ratio_to_first"]["parameters"].get<double>() ==
        doctest::Approx(25'557'032.0 / 11'689'512.0));  // torchvision's figures
  const Ran table = run_program({"describe", "resnet18", "resnet50"});
  CHECK(table.out.starts_with("2 networks side by side\n"));
  CHECK(table.out.find("2.19x") != std::string::npos);  // 25.557 / 11.690
}

TEST_CASE("csv: a row an operator with the network in front, or with --operators none a row a network") {
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  const Ran operators = run_program({"describe", "resnet18", "resnet18", "--format", "csv"});
  CHECK(
      operators.out.starts_with("model,name,kind,class,input_shapes,output_shape,output_dtype,macs,flops,"));
  CHECK(lines(operators.out) == 1 + 2 * static_cast<int>(describe_json({"resnet18"})["operators"].size()));
  const Ran networks =
      run_program({"describe", "resnet18", "resnet34", "--format", "csv", "--operators", "none"});
  CHECK(lines(networks.out) == 3);
  CHECK(networks.out.find("\nresnet34,21797672,") != std::string::npos);  // torchvision's figure
}

TEST_CASE("an unknown operator stops the run, and the message names the flag that lets it through") {
  const Folder folder;
  folder.write("net.onnx", unknown_operator_onnx());
  const Ran stopped = run_program({"describe", folder.path("net.onnx")});
  CHECK(stopped.code == exit_usage);
  CHECK(stopped.out.empty());
  CHECK(stopped.err.find("node 'odd' (Fancy)") != std::string::npos);
  CHECK(stopped.err.find("--skip-unknown") != std::string::npos);
}

TEST_CASE("with --skip-unknown the first line says what share is not modelled") {
  const Folder folder;
  folder.write("net.onnx", unknown_operator_onnx());
  const std::vector<std::string> arguments = {"describe", folder.path("net.onnx"), "--skip-unknown"};
  const Ran table = run_program(arguments);
  CHECK(table.code == exit_done);
  CHECK(table.out.substr(0, table.out.find('\n'))
            .ends_with("33.3% of the operators (1 of 3) are not modelled"));
  const Json net = describe_json({folder.path("net.onnx"), "--skip-unknown"});
  CHECK(net["not_modelled"] == Json{"node 'odd' (Fancy)"});
}

TEST_CASE("machine formats say on standard error what the first line of the others says") {
  const Folder folder;
  folder.write("net.onnx", unknown_operator_onnx());
  const Ran csv = run_program({"describe", folder.path("net.onnx"), "--skip-unknown", "--format", "csv"});
  CHECK(csv.err.find("33.3% of the operators (1 of 3) are not modelled") != std::string::npos);
}

TEST_CASE("--operators: a number, all or none, nothing else") {
  CHECK(
      run_program({"describe", "resnet18", "--operators", "3"}).out.find("The 3 operators with most FLOPs") !=
      std::string::npos);
  CHECK(run_program({"describe", "resnet18", "--operators", "all"}).out.find("more operators") ==
        std::string::npos);
  CHECK(run_program({"describe", "resnet18", "--operators", "none"}).out.find("conv1 ") == std::string::npos);
  const Ran wrong = run_program({"describe", "resnet18", "--operators", "some"});
  CHECK(wrong.code == exit_usage);
  CHECK(wrong.err.find("--operators takes a number, 'all' or 'none', not 'some'") != std::string::npos);
}

TEST_CASE("if one of several models cannot be read, nothing is printed, and every complaint is") {
  const Ran ran = run_program({"describe", "resnet18", "resnet5o", "nowhere.onnx", "--format", "json"});
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("resnet5o") != std::string::npos);
  CHECK(ran.err.find("did you mean 'resnet50'") != std::string::npos);
  CHECK(ran.err.find("chipcast list models") != std::string::npos);
  CHECK(ran.err.find("nowhere.onnx") != std::string::npos);
}

TEST_CASE("a directory, an empty file and a file that is no network are errors with a place") {
  const Folder folder;
  folder.write("empty.onnx", "");
  folder.write("text.onnx", "this is no network\n");
  for (const std::string& path : {folder.path(), folder.path("empty.onnx"), folder.path("text.onnx")}) {
    const Ran ran = run_program({"describe", path});
    CHECK(ran.code == exit_usage);
    CHECK(ran.out.empty());
    CHECK(ran.err.starts_with(path + ": error: "));
  }
}

TEST_CASE("a name of the zoo stays one where a folder or a file is called so too") {
  CHECK(describe_json({"resnet18"})["parameters"] == 11'689'512);
}

TEST_CASE("every network of the zoo is described within 80 and 200 columns") {
  const Json models = Json::parse(run_program({"list", "models", "--format", "json"}).out)["models"];
  CHECK(models.size() >= 40);
  std::vector<std::string> all = {"describe"};
  for (const Json& model : models) {
    const std::string name = model["name"];
    all.push_back(name);
    CAPTURE(name);
    const Ran ran = run_program({"describe", name}, {"COLUMNS=80"});
    CHECK(ran.code == exit_done);
    CHECK(widest_line(ran.out) <= 80);
    CHECK(ran.err.empty());
  }
  CHECK(widest_line(run_program(all, {"COLUMNS=80"}).out) <= 80);
  CHECK(widest_line(run_program(all, {"COLUMNS=200"}).out) <= 200);
}

}  // namespace
}  // namespace chipcast::cli

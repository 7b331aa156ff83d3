// import/zoo_reader.hpp: one family's YAML file as a program.
//
//   Result<FamilyPointer> family = read_family("model_zoo/resnet.yaml");
//   if (!family) return family.diagnostics();        // everything that is wrong with the file
//   (*family)->variants[0].name
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "import/zoo_program.hpp"

namespace chipcast::zoo {

using FamilyPointer = std::shared_ptr<const Family>;

Result<FamilyPointer> read_family(const std::string& path);
Result<FamilyPointer> parse_family(std::string file, std::string source);

// What is wrong with `datum` as a value of `parameter`; empty if nothing is. An integer given for a real becomes one.
std::string check_parameter(const Parameter& parameter, Datum& datum);

// A scalar as written: an integer, a real, true or false, otherwise a text.
Datum datum_of_text(std::string_view text, Pool& pool);

}  // namespace chipcast::zoo

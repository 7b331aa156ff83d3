// cli/bindings.hpp: NAME=N pairs of the command line.
//
//   Bindings dims;
//   add_bindings(command, "--dim", "...", dims);       // --dim batch=8 --dim seq=128,height=224
//   dims.at("batch")                                   // 8
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace CLI {
class App;
}

namespace chipcast::cli {

using Bindings = std::map<std::string, std::int64_t, std::less<>>;
// A number without a name binds `unnamed`, where there is such a thing.
void add_bindings(CLI::App& command, const std::string& option, const std::string& help, Bindings& bindings,
                  const std::string& unnamed = {});

}  // namespace chipcast::cli

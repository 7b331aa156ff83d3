// validate/machines.hpp: the devices and runtimes that measurements name, each read once, when it is first asked for.
//
//   Machines machines("hardware_specs", "hardware_specs/runtimes");
//   const Device* device = machines.device("rpi4");      // nullptr: there is none, or its file is wrong
//   machines.problems()                                  // what is wrong with files that were asked for
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/device.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

class Machines {
 public:
  Machines(std::string device_folder, std::string runtime_folder);

  const std::vector<std::string>& device_ids() const { return device_ids_; }
  const std::vector<std::string>& runtime_ids() const { return runtime_ids_; }
  // Valid as long as this object; ids are exact.
  const Device* device(const std::string& id);
  const Runtime* runtime(const std::string& id);
  const Diagnostics& problems() const { return problems_; }

 private:
  std::string device_folder_, runtime_folder_;
  std::vector<std::string> device_ids_, runtime_ids_;
  std::map<std::string, Result<Device>> devices_;
  std::map<std::string, Result<Runtime>> runtimes_;
  Diagnostics problems_;
};

}  // namespace chipcast

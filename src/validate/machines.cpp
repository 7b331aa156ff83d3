#include "validate/machines.hpp"

#include <algorithm>
#include <utility>

#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"

namespace chipcast {
namespace {

template <class T, class Find>
const T* read_once(const std::string& id, const std::vector<std::string>& ids,
                   std::map<std::string, Result<T>>& known, Diagnostics& problems, Find find) {
  if (std::ranges::find(ids, id) == ids.end()) return nullptr;
  auto entry = known.find(id);
  if (entry == known.end()) {
    entry = known.emplace(id, find(id)).first;
    if (!entry->second) {
      const Diagnostics& found = entry->second.diagnostics();
      problems.insert(problems.end(), found.begin(), found.end());
    }
  }
  return entry->second ? &*entry->second : nullptr;
}

}  // namespace

Machines::Machines(std::string device_folder, std::string runtime_folder)
    : device_folder_(std::move(device_folder)),
      runtime_folder_(std::move(runtime_folder)),
      device_ids_(chipcast::device_ids(device_folder_)),
      runtime_ids_(chipcast::runtime_ids(runtime_folder_)) {}

const Device* Machines::device(const std::string& id) {
  return read_once(id, device_ids_, devices_, problems_,
                   [this](const std::string& name) { return find_device(device_folder_, name); });
}

const Runtime* Machines::runtime(const std::string& id) {
  return read_once(id, runtime_ids_, runtimes_, problems_,
                   [this](const std::string& name) { return find_runtime(runtime_folder_, name); });
}

}  // namespace chipcast

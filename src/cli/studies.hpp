// cli/studies.hpp: a study's file with its devices and networks loaded: what can be swept.
//
//   Result<LoadedStudy> study = load_study("reports/studies/kpu_t2_memory.yaml");
//   study->sweep.designs()
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "study/study_file.hpp"

namespace chipcast::cli {

struct LoadedStudy {
  StudyFile file;
  Sweep sweep;
  std::vector<std::string> notes;  // for the report
};

// All that is wrong is said before anything is swept.
Result<LoadedStudy> load_study(const std::string& path);

}  // namespace chipcast::cli

// cli/studies.hpp: a study's file with its devices and networks loaded: what can be swept.
//
//   Result<LoadedStudy> study = load_study("reports/studies/kpu_t2_memory.yaml");
//   study->sweep.designs()
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/output.hpp"
#include "study/study_file.hpp"

namespace chipcast::cli {

struct LoadedStudy {
  StudyFile file;  // its digest is of its text and of what it comes to
  Sweep sweep;
  std::vector<std::string> notes;  // for the report
};

// All that is wrong is said before anything is swept.
Result<LoadedStudy> load_study(const std::string& path);

// What was found, as `output` says; into a SQLite database where its file is called one and no format is given. The
// exit code: 1 where no design is good.
int print_findings(const LoadedStudy& study, const Findings& findings, const OutputOptions& output,
                   Streams streams);

}  // namespace chipcast::cli

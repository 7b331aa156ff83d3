// study/findings_file.hpp: what a sweep has found so far, as a file: to go on from, and to merge.
//
//   std::string text = findings_to_yaml("study.yaml", digest, {0, designs}, findings);
//   Result<SavedFindings> saved = read_findings("part1.yaml");
//   Result<Findings> findings = restored(*saved, sweep);       // its designs are estimated again
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "study/sweep.hpp"

namespace chipcast {

struct SavedFindings {
  std::string file;
  std::string study, digest;      // the study's file, and digest_of its text
  DesignRange range;              // what the run was about: all designs, or a shard
  std::vector<DesignRange> done;  // of those
  std::optional<std::uint64_t>
      written;  // of a file of all designs, where there is one: what belongs to these
  std::array<std::uint64_t, standing_count> counts = {};
  std::vector<std::vector<Effect>> effects;  // by axis and value
  std::vector<std::uint64_t> front;          // designs
};

std::string findings_to_yaml(const std::string& study, const std::string& digest, DesignRange range,
                             const Findings& findings, std::optional<std::uint64_t> written = {});
// The last line holds a digest of all before it, so that what was damaged or cut off is refused.
Result<SavedFindings> read_findings(const std::string& path);
Result<SavedFindings> parse_findings(const std::string& path, std::string text);

// Of a sweep of the same study.
Result<Findings> restored(const SavedFindings& saved, const Sweep& sweep);

}  // namespace chipcast

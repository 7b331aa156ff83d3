#include "report/sections/views.hpp"

namespace chipcast::report {

Report not_modelled_section(const Characterization& c) {
  Report report;
  report.notes = {
      "What stands around the network: camera, decoding, scaling of images, transfer from a host.",
      "Other work on the same device.",
      "Tiles within a kernel: levels on the chip count by their capacity.",
      "Zeros: they cost what other numbers cost.",
      "The loss of accuracy at lower precision, and the time that changing precision between kernels takes.",
      "Heat: a device keeps its clock as long as its power limit allows.",
  };
  // The estimates' own remarks: what fell back, what is unknown, what does not fit.
  const std::vector<Estimated> rows = c.rows();
  const std::vector<std::string> remarks = remarks_on(rows);
  report.notes.insert(report.notes.end(), remarks.begin(), remarks.end());
  return report;
}

}  // namespace chipcast::report

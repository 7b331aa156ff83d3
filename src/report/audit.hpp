// report/audit.hpp: what an audit found, as a report.
//
//   Report report = audit_report("claims.csv", claims, audit(claims, reference), {.findings = 20});
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/report.hpp"
#include "validate/audit.hpp"

namespace chipcast::report {

struct AuditOptions {
  std::size_t findings = 10;  // how many people see, errors first; machines get all
};

Report audit_report(const std::string& file, std::span<const Claim> claims, std::span<const Finding> findings,
                    const AuditOptions& options);

}  // namespace chipcast::report

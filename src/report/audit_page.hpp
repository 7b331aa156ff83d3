// report/audit_page.hpp: what an audit found, finding by finding, as a page of its own.
//
//   Page page = audit_page(plan, claims, audit(claims, reference), unknown);
#pragma once

#include <span>

#include "base/diagnostic.hpp"
#include "report/plan.hpp"
#include "report/report.hpp"
#include "validate/audit.hpp"

namespace chipcast::report {

// `unknown`: networks and devices of the claims that nothing is known of.
Page audit_page(const Plan& plan, std::span<const Claim> claims, std::span<const Finding> findings,
                const Diagnostics& unknown);

}  // namespace chipcast::report

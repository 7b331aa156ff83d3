// cli/references.hpp: the networks and devices that a table of claims names, as an audit holds it against them.
//
//   const References found = references_of("claims.csv", *claims);
//   audit(*claims, found.reference)
#pragma once

#include <span>
#include <string>

#include "base/diagnostic.hpp"
#include "validate/claim.hpp"
#include "validate/reference.hpp"

namespace chipcast::cli {

struct References {
  Reference reference;
  Diagnostics
      unknown;  // warnings: what is unknown is no fault of the table, its rows are held against each other
};
References references_of(const std::string& file, std::span<const Claim> claims);

}  // namespace chipcast::cli

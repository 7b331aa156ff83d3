// report/tables.hpp: the tables of a report as those of a SQLite database.
//
//   std::string bytes = tables_as_database(report);        // of a file: one table each, columns by their keys
#pragma once

#include <string>

#include "report/report.hpp"

namespace chipcast::report {

// Whole numbers and yes or no are INTEGER, real ones REAL, the rest TEXT; what is not known is NULL. Groups of fields
// are tables of one row.
std::string tables_as_database(const Report& report);

}  // namespace chipcast::report

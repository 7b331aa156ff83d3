// report/html_page.hpp: the style sheet and the script that every HTML page carries within it.
//
//   out += "<style>"; out += page_style(); out += "</style>";
//
// Without the script the page is complete; it adds tabs, sorting, filters, downloads and the choice of a theme.
#pragma once

#include <string_view>

namespace chipcast::report {

std::string_view page_style();
std::string_view page_script();

}  // namespace chipcast::report

// report/page.hpp: the files that a page is published as.
//
//   std::string html;
//   render_html(page, html);                               // one file that fetches nothing
//   std::vector<Picture> pictures;
//   render_markdown(page, markdown, pictures);             // with pictures to lie beside it
//   render_json(page, json);                               // an object by chapter
#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace chipcast::report {

struct Picture {
  std::string file;  // "pictures/energy_kpu_t2.svg", as the Markdown names it
  std::string svg;
};

void render_html(const Page& page, std::string& out);
void render_markdown(const Page& page, std::string& out, std::vector<Picture>& pictures);
void render_json(const Page& page, std::string& out);

}  // namespace chipcast::report

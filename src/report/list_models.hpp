// report/list_models.hpp: the networks there are, as a report.
//
//   Report report = list_models({{.name = "resnet50", .family = "resnet", .parameters = {"classes=1000"}}}, "");
//   render(report, Format::json, {}, text);            // one table, "models"
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace chipcast::report {

struct ListedModel {
  std::string name, family, about;
  std::vector<std::string> parameters;  // "classes=1000": what may be overridden, and what it is otherwise
};

// `models`: family by family. `filter`: what was asked for, for the title; empty: all.
Report list_models(std::span<const ListedModel> models, const std::string& filter);

}  // namespace chipcast::report

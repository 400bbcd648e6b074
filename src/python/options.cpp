// The table of options for Python: keywords are the command's options, with underscores.
#include "python/options.h"

#include <fmt/format.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "core/nearest.h"
#include "dflare/config_file.h"
#include "dflare/error.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Row = nb::typed<nb::dict, std::string, nb::any>;

// What only a terminal needs.
bool is_for_terminals(const Flag& flag) { return flag.name == "json" || flag.name == "quiet"; }

std::vector<const Flag*> flags_for(unsigned verb) {
  std::vector<const Flag*> flags = flags_of(verb);
  std::erase_if(flags, [](const Flag* flag) { return is_for_terminals(*flag); });
  return flags;
}

std::string keyword(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

const char* kind_of(const Flag& flag) {
  if (std::holds_alternative<std::int64_t Options::*>(flag.slot)) return "int";
  if (std::holds_alternative<double Options::*>(flag.slot)) return "float";
  if (std::holds_alternative<bool Options::*>(flag.slot)) return "bool";
  return flag.is_path ? "path" : "str";
}

Row told(const Flag& flag) {
  Row row;
  row["name"] = flag.name;
  row["keyword"] = keyword(flag.name);
  row["kind"] = kind_of(flag);
  row["metavar"] = flag.metavar;
  row["group"] = flag.group;
  row["argument"] = is_argument(flag);
  row["brief"] = flag.brief;
  row["details"] = flag.details;
  row["default"] = default_text(flag);
  row["choices"] = flag.choices;
  return row;
}

nb::typed<nb::list, Row> options_of(unsigned verb) {
  nb::typed<nb::list, Row> rows;
  for (const Flag* flag : flags_for(verb)) rows.append(told(*flag));
  return rows;
}

}  // namespace

Givens givens_of(const Pairs& pairs, unsigned verb) {
  const std::vector<const Flag*> flags = flags_for(verb);
  Givens givens;
  for (const auto& [name, text] : pairs) {
    const auto found = std::ranges::find(flags, name, [](const Flag* flag) { return flag->name; });
    if (found != flags.end()) {
      givens.push_back({*found, text});
      continue;
    }
    std::vector<std::string> names;
    for (const Flag* flag : flags) {
      if (!is_argument(*flag)) names.push_back(keyword(flag->name));
    }
    const std::string meant = nearest_name(keyword(name), names);
    throw Error(ErrorCode::kBadArgument, fmt::format("unknown option '{}'", keyword(name)),
                meant.empty() ? "help() of the function lists the options" : fmt::format("did you mean '{}'?", meant));
  }
  return with_config(std::move(givens), verb);
}

void bind_options(nb::module_& m) {
  const std::pair<const char*, VerbSet> verbs[] = {
      {"SEARCH", kSearch}, {"RESUME", kResume},   {"INSPECT", kInspect}, {"EXPORT", kExport},   {"SHOW", kShow},
      {"RANK", kRank},     {"REPAIR", kRepair},   {"GUARD", kGuard},     {"PROFILE", kProfile}, {"CHECK", kCheck},
      {"REPLAY", kReplay}, {"COMPARE", kCompare}, {"REPORT", kReport},   {"MERGE", kMerge}};
  for (const auto& [name, bit] : verbs) m.attr(name) = static_cast<unsigned>(bit);
  m.def("options_of", &options_of, nb::arg("verb"), "The rows of the table of options of a verb, as dicts.");
  m.def(
      "check_options", [](const Pairs& pairs, unsigned verb) { static_cast<void>(givens_of(pairs, verb)); },
      nb::arg("givens"), nb::arg("verb"), "Raises BadArgument for a name or a value that the verb does not take.");
}

}  // namespace dflare::python

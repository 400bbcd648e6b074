// The closing table: what a run found, for a person.
#include "cli/closing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "cli/record.h"
#include "cli/terminal.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBestShown = 5;

void row(const std::string& name, const std::string& value) {
  if (!value.empty()) fmt::print("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<13}", name)), value);
}

std::string counted(const Json& number) { return grouped(number.get<std::int64_t>()); }

std::string percent(const Json& share) {
  return share.is_null() ? "" : fmt::format("{:.1f} %", 100 * share.get<double>());
}

std::string model_line(const Json& summary, const std::string& side) {
  const Json& model = summary.at("models").at(side);
  const Json& accuracy = summary.at("accuracy").at(side);
  const std::string right = accuracy.is_null() ? "" : fmt::format(", right on {}", percent(accuracy));
  return fmt::format("{}  ({}{})", std::filesystem::path(model.at("path").get<std::string>()).filename().string(),
                     model.at("runtime").get<std::string>(), right);
}

const char* reason_in_words(const std::string& reason) {
  if (reason == "wrong") return "that the models get wrong";
  if (reason == "tied") return "with a tied answer";
  if (reason == "unreadable") return "unreadable";
  if (reason == "unlabelled") return "without a label";
  if (reason == "not_finite") return "answered with NaN or infinity";
  if (reason == "not_asked") return "beyond --max-seeds";
  if (reason == "other_shard") return "of other shards";
  return "left out";
}

std::string inputs_line(const Json& summary) {
  std::string line =
      fmt::format("{} given, {} searched", counted(summary.at("seeds")), counted(summary.at("searched")));
  for (const auto& [reason, count] : summary.at("skipped").items()) {
    line += fmt::format(", {} {}", counted(count), reason_in_words(reason));
  }
  if (summary.at("remaining") > 0) line += fmt::format(", {} not reached", counted(summary.at("remaining")));
  return line;
}

std::string found_line(const Json& summary) {
  if (summary.at("searched") == 0) return "nothing was searched";
  return fmt::format("on {} of {} searched ({})", counted(summary.at("found")), counted(summary.at("searched")),
                     percent(summary.at("success_rate")));
}

std::string kinds_line(const Json& summary) {
  const Json& kinds = summary.at("kinds");
  const std::pair<const char*, const char*> words[] = {{"compressed_lost", "the compressed model changed its answer"},
                                                       {"original_lost", "the original did"},
                                                       {"both_changed", "both did"}};
  std::string line;
  for (const auto& [kind, text] : words) {
    if (kinds.at(kind) > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", counted(kinds.at(kind)), text);
  }
  return line;
}

// How the findings were reached: a corruption of the seed itself is what may happen in the field.
std::string ways_line(const Json& summary) {
  const std::pair<const char*, const char*> words[] = {
      {"corrupt", "by one natural corruption"},
      {"mutate", "by mutations"},
      {"attack", "by changes within the budget"},
      {"blend", "on the way to another input"},
  };
  std::string line;
  for (const auto& [way, text] : words) {
    const std::int64_t count = summary.value("ways", Json::object()).value(way, std::int64_t{0});
    if (count > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", grouped(count), text);
  }
  return line;
}

std::string natural_line(const Json& summary) {
  if (summary.at("natural") == 0) return "";
  return fmt::format("{} inputs on which they differ as they are", counted(summary.at("natural")));
}

std::string queries_line(const Json& summary) {
  const Json& queries = summary.at("queries");
  if (queries.at("median").is_null()) return "";
  return fmt::format("median {:g} until a seed's first finding, mean {:.1f}; {} in {}, {} a second",
                     queries.at("median").get<double>(), queries.at("mean").get<double>(), counted(queries.at("total")),
                     clock_time(summary.at("seconds").at("wall").get<double>()),
                     grouped(std::llround(summary.at("queries_per_second").get<double>())));
}

std::string severity_line(const Json& summary) {
  const Json& severity = summary.at("severity");
  if (severity.at("median").is_null()) return "";
  return fmt::format("median {:.2f}: {}; one in ten is above {:.2f}", severity.at("median").get<double>(),
                     severity_in_words(severity.at("median").get<double>()), severity.at("p90").get<double>());
}

std::string distance_line(const Json& summary) {
  const Json& distance = summary.at("distance");
  if (distance.at("linf").is_null()) return "";
  return fmt::format("median: largest change of a pixel {:g} of 255, L2 {:.2f} on [0, 1]",
                     distance.at("linf").get<double>(), distance.at("l2").get<double>());
}

std::string oddities_line(const Json& summary) {
  std::string line;
  const std::pair<const char*, const char*> words[] = {{"flaky", "findings did not repeat (flaky)"},
                                                       {"ties", "inputs differed but for a tie"},
                                                       {"not_finite", "inputs were answered with NaN or infinity"}};
  for (const auto& [key, text] : words) {
    if (summary.at(key) > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", counted(summary.at(key)), text);
  }
  return line;
}

std::vector<Finding> best_findings(const FindingStore& store) {
  std::vector<Finding> best;
  store.for_each_finding(false, [&best](const Finding& finding) {
    if (finding.flaky) return;
    const auto is_better = [](const Finding& a, const Finding& b) { return a.severity > b.severity; };
    best.insert(std::upper_bound(best.begin(), best.end(), finding, is_better), finding);
    if (best.size() > kBestShown) best.pop_back();
  });
  return best;
}

void print_best(const FindingStore& store, const Json& summary) {
  const std::vector<Finding> best = best_findings(store);
  if (best.empty()) return;
  const Json seeds = parse_record(store.record().seeds, store.folder());
  const std::vector<std::string> names = class_names(summary.at("settings").value("classes", ""));
  const auto name_of = [&names](int label) {
    return label >= 0 && static_cast<std::size_t>(label) < names.size() ? names[static_cast<std::size_t>(label)]
                                                                        : fmt::format("{}", label);
  };
  fmt::print("\n  {}\n", styled(stdout, Style::kBold, "the most decisive findings"));
  for (const Finding& finding : best) {
    const std::string source = seeds.at(static_cast<std::size_t>(finding.seed.value)).at("source").get<std::string>();
    fmt::print("  {}\n    from {} ({}): original says {} ({:.1f} %), compressed says {} ({:.1f} %), severity {:.2f}\n",
               (store.folder() / "findings" / png_name(finding)).string(), source, to_string(finding.kind),
               name_of(finding.label_original), 100 * finding.p_original, name_of(finding.label_compressed),
               100 * finding.p_compressed, finding.severity);
  }
}

void print_warnings(const Json& summary) {
  const auto warn = [](const std::string& text) {
    fmt::print("\n  {} {}\n", styled(stdout, Style::kYellow, "note:"), text);
  };
  if (!summary.at("rows_exact").get<bool>()) {
    warn("the models answer differently in batches and alone: findings may depend on --batch (see `rows_exact`)");
  }
  const Json& accuracy = summary.at("accuracy").at("original");
  if (!accuracy.is_null() && accuracy.get<double>() < 0.4) {
    warn("the original is right on few of the inputs: check --preprocess and --label-offset by `dflare inspect`");
  }
}

}  // namespace

std::vector<std::string> class_names(const std::string& file) {
  std::vector<std::string> names;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) names.push_back(line);
  return names;
}

std::string severity_in_words(double severity) {
  const double odds = std::exp(severity);
  if (odds < 1.05) return "close to a coin toss";
  if (odds < 10) return fmt::format("both prefer their answer {:.1f} to 1", odds);
  if (odds < 1e6) return fmt::format("both prefer their answer {} to 1", grouped(std::llround(odds)));
  return "both are as sure as can be";
}

void print_closing_table(const FindingStore& store, const Json& summary) {
  fmt::print("\n");
  row("original", model_line(summary, "original"));
  row("compressed", model_line(summary, "compressed"));
  row("agreement", percent(summary.at("agreement")));
  row("inputs", inputs_line(summary));
  row("found", found_line(summary));
  row("", kinds_line(summary));
  row("reached", ways_line(summary));
  row("natural", natural_line(summary));
  row("queries", queries_line(summary));
  row("severity", severity_line(summary));
  row("distance", distance_line(summary));
  row("set aside", oddities_line(summary));
  print_best(store, summary);
  print_warnings(summary);
  fmt::print("\n  all of it: {}\n", (store.folder() / "findings").string());
  std::fflush(stdout);
}

}  // namespace dflare::cli

// The closing table: what a run found, for a person.
#include "cli/closing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include "cli/terminal.h"
#include "core/figures.h"
#include "core/record_json.h"
#include "dflare/run_words.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBestShown = 5;
constexpr std::size_t kNameWidth = 15;

void row(const std::string& name, const std::string& text) {
  const std::string lines = wrapped(text, kNameWidth, text_width(stdout));
  say("  {}", styled(stdout, Style::kBold, fmt::format("{:<{}}", name, kNameWidth - 2)));
  say_lines(stdout, std::string_view(lines).substr(kNameWidth));
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

void print_best(const FindingStore& store, const RunSummary& summary) {
  const std::vector<Finding> best = best_findings(store);
  if (best.empty()) return;
  const Json seeds = parse_record(store.record().seeds, store.folder());
  const Json settings = parse_record(summary.settings, store.folder());
  const std::vector<std::string> names = class_names(settings.value("classes", ""));
  const auto name_of = [&names](int label) {
    return label >= 0 && static_cast<std::size_t>(label) < names.size() ? names[static_cast<std::size_t>(label)]
                                                                        : fmt::format("{}", label);
  };
  say("\n  {}\n", styled(stdout, Style::kBold, "the most decisive findings"));
  for (const Finding& finding : best) {
    const std::string source = seeds.at(static_cast<std::size_t>(finding.seed.value)).at("source").get<std::string>();
    say("  {}\n", (store.folder() / "findings" / png_name(finding)).string());
    say_lines(stdout, wrapped(fmt::format("from {} ({}): original says {} ({:.1f} %), compressed says {} ({:.1f} %), "
                                          "severity {}",
                                          source, to_string(finding.kind), name_of(finding.label_original),
                                          100 * finding.p_original, name_of(finding.label_compressed),
                                          100 * finding.p_compressed, figure_text(finding.severity)),
                              4, text_width(stdout)));
  }
}

// A line of what the pair is like, and one on what to do next. Where its deviations mean nothing that is a warning.
void print_look(const PairLook& look) {
  const std::string mark = look.sound() ? "" : styled(stdout, Style::kYellow, "warning: ");
  std::string what = look.what;
  what.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(what.front())));
  say("{}{}.\n", mark, what);
  if (!look.next.empty()) say_lines(stdout, wrapped(look.next + ".", 2, text_width(stdout)));
}

void print_notes(const RunSummary& summary) {
  if (summary.rows_exact) return;
  say("\n  {} {}\n", styled(stdout, Style::kYellow, "note:"),
      "the models answer differently in batches and alone: findings may depend on --batch (see `rows_exact`)");
}

}  // namespace

std::vector<std::string> class_names(const std::string& file) {
  std::vector<std::string> names;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) names.push_back(line);
  return names;
}

void print_closing_table(const FindingStore& store, const RunSummary& summary) {
  say("\n");
  if (const auto look = look_at(summary)) print_look(*look);
  say("\n");
  for (const SummaryLine& line : lines_of(summary)) row(line.name, line.text);
  print_best(store, summary);
  print_notes(summary);
  say("\n  all of it: {}\n", (store.folder() / "findings").string());
  flush(stdout);
}

}  // namespace dflare::cli

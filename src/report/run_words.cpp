// A run in words.
#include "dflare/run_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "core/figures.h"
#include "dflare/model_files.h"
#include "dflare/statistics.h"

namespace dflare {
namespace {

using Words = std::pair<const char*, const char*>;

// "12 by mutations, 3 by one natural corruption": the counts that are not 0, in the order of `words`.
std::string counts_in_words(const std::map<std::string, std::int64_t>& counts, std::span<const Words> words) {
  std::string line;
  for (const auto& [name, text] : words) {
    const auto count = counts.find(name);
    if (count == counts.end() || count->second == 0) continue;
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", grouped(count->second), text);
  }
  return line;
}

// A share with its interval and of what. Runs of earlier versions know no counts.
std::string share_text(std::optional<double> share, std::int64_t part, std::int64_t whole) {
  if (whole > 0) return fmt::format("{} of {}", estimate_text(estimate(Share{part, whole}), kPercent), grouped(whole));
  return share ? figure_text(*share, kPercent) : "";
}

std::string model_line(const ModelSummary& model, std::int64_t right, std::int64_t labelled) {
  const std::string share = share_text(model.accuracy, right, labelled);
  return fmt::format("{}  ({}{})", name_of_model(model.path), model.runtime,
                     share.empty() ? "" : ", right on " + share);
}

std::string agreement_line(const RunSummary& s) {
  const PairFigures figures = s.figures.value_or(PairFigures{});
  const std::string share = share_text(s.agreement, figures.agree, figures.asked);
  const std::string within = s.oracle == "top1" ? "" : ", by --oracle " + s.oracle;
  return share.empty() ? "" : "on " + share + " inputs" + within;
}

std::string inputs_line(const RunSummary& s) {
  constexpr Words kReasons[] = {{"wrong", "that the models get wrong"},
                                {"tied", "with a tied answer"},
                                {"unreadable", "unreadable"},
                                {"unlabelled", "without a label"},
                                {"not_finite", "answered with NaN or infinity"},
                                {"failed", "on which a model fails"},
                                {"flaky", "whose deviation did not repeat"},
                                {"not_asked", "beyond --max-seeds"},
                                {"other_shard", "of other shards"}};
  std::string line = fmt::format("{} given, {} searched", grouped(s.seeds), grouped(s.searched));
  const std::string skipped = counts_in_words(s.skipped, kReasons);
  if (!skipped.empty()) line += ", " + skipped;
  if (s.natural > 0) line += fmt::format(", {} on which they differ as they are", grouped(s.natural));
  if (s.remaining > 0) line += fmt::format(", {} not reached", grouped(s.remaining));
  return line;
}

std::string found_line(const RunSummary& s) {
  if (s.searched == 0 && s.found_in_remaining == 0) return "nothing was searched";
  std::string line = fmt::format("on {} of {} searched", grouped(s.found), grouped(s.searched));
  if (s.searched > 0) line += ": " + estimate_text(estimate(Share{s.found, s.searched}), kPercent);
  if (s.found_in_remaining > 0) {
    line += fmt::format(", and on {} whose search has not ended", grouped(s.found_in_remaining));
  }
  return line;
}

std::string kinds_line(const RunSummary& s) {
  constexpr Words kKinds[] = {{"compressed_lost", "the compressed model changed its answer"},
                              {"original_lost", "the original did"},
                              {"both_changed", "both did"}};
  if (!s.labels() && !s.sets()) return "";
  return counts_in_words(s.kinds, kKinds);
}

// How the findings were reached: a corruption of the seed itself is what may happen in the field. Beyond severity 5 a
// person would often no longer accept the image.
std::string ways_line(const RunSummary& s) {
  const std::string corrupt = fmt::format("by one natural corruption ({} within severity 5, {} beyond)",
                                          grouped(s.within_severity_5), grouped(s.beyond_severity_5));
  const Words ways[] = {{"natural", "by natural changes within the box"},
                        {"corrupt", corrupt.c_str()},
                        {"mutate", "by mutations"},
                        {"attack", "by changes searched for"},
                        {"blend", "on the way to another input"}};
  return counts_in_words(s.ways, ways);
}

constexpr Words kEnds[] = {{"queries_spent", "spent their queries"},
                           {"time_spent", "spent their time"},
                           {"gave_up", "had nothing new to try"},
                           {"model_failed", "ended when a model failed"}};

std::string without_line(const RunSummary& s) {
  if (s.found == s.searched) return "";
  return fmt::format("{} without a finding; of all searched, {}", grouped(s.searched - s.found),
                     counts_in_words(s.ends, kEnds));
}

std::string queries_line(const RunSummary& s) {
  if (!s.queries) return "";
  const Spread& spread = s.queries_to_find ? *s.queries_to_find : *s.queries;
  const char* const of = !s.queries_to_find      ? "a seed, in vain"
                         : s.found == s.searched ? "until a seed's first finding"
                                                 : "until the first finding, of seeds with one";
  return fmt::format("median {:g} {}, mean {:.1f}", spread.median, of, spread.mean);
}

std::string effort_line(const RunSummary& s) {
  const std::int64_t all = s.queries_total + s.queries_refining;
  if (all == 0) return "";
  std::string line = grouped(all) + " in all, each one input to both models";
  if (s.queries_refining > 0) line += fmt::format(", {} of them refining", grouped(s.queries_refining));
  const RunTiming& t = s.timing;
  if (t.wall_seconds <= 0 || t.queries == 0) return line;
  line += t.queries == all ? fmt::format(", in {}", duration_text(t.wall_seconds))
                           : fmt::format("; {} of them in {}", grouped(t.queries), duration_text(t.wall_seconds));
  return line + fmt::format(": {} a second", figure_text(static_cast<double>(t.queries) / t.wall_seconds));
}

std::string severity_line(const RunSummary& s) {
  if (!s.severity) return "";
  return fmt::format("median {}: {}; one in ten is above {}", figure_text(s.severity->median),
                     severity_in_words(s.severity->median, s.labels() || s.sets()), figure_text(s.severity->p90));
}

// What a change of one grey level leaves of the findings.
std::string robust_line(const RunSummary& s) {
  if (!s.robust) return "";
  const RobustSummary& r = *s.robust;
  return fmt::format("a change of one {} leaves {} deviating; always on {} of {}, never on {}",
                     s.input == InputKind::kImage ? "grey level" : "level", estimate_text(r.share, kPercent),
                     grouped(r.all), grouped(r.share.of), grouped(r.none));
}

// Where regressions were the goal; else the line of kinds says enough.
std::string regressions_line(const RunSummary& s) {
  const RegressionSummary& r = s.regressions;
  if (!r.aimed || s.searched == 0) return "";
  std::string line = fmt::format("on {} of {} searched: {}", grouped(r.seeds), grouped(s.searched),
                                 estimate_text(estimate(Share{r.seeds, s.searched}), kPercent));
  if (!r.severity) return line;
  return line + fmt::format("; by the lesser of both margins median {}: {}", figure_text(r.severity->median),
                            severity_in_words(r.severity->median));
}

// In its unit: "9.1 degrees".
std::string amount_text(const NaturalKindSummary& k) {
  if (k.kind == "rotate") return fmt::format("{:.1f} degrees", k.amount);
  if (k.kind == "zoom" || k.kind == "contrast") return fmt::format("a factor of {:.2f}", k.amount);
  if (k.kind == "light" || k.kind == "noise") return fmt::format("{:.0f} grey levels", k.amount);
  return fmt::format("{:.2f} pixels", k.amount);
}

// The kinds of natural changes without which most findings are none: three at most, one a line.
std::vector<SummaryLine> natural_lines(const RunSummary& s) {
  constexpr std::size_t kMost = 3;
  std::vector<SummaryLine> lines;
  for (const NaturalKindSummary& k : s.natural_kinds) {
    if (lines.size() == kMost || k.strength.of == 0) break;
    lines.push_back(
        {lines.empty() ? "hurt by" : "",
         fmt::format("{}: {} of {} findings need it, at {} in the median; without it severity falls by {}", k.kind,
                     estimate_text(k.needed, kPercent), grouped(k.needed.of), amount_text(k), estimate_text(k.owed))});
  }
  return lines;
}

std::string distance_line(const RunSummary& s) {
  if (!s.distance) return "";
  if (s.input == InputKind::kText)
    return fmt::format("median: {:.0f} characters edited, {} of all", s.distance->linf,
                       figure_text(s.distance->l2, kPercent));
  if (s.input == InputKind::kAudio) return "median: " + sound_distance_text(s.distance->linf, s.distance->l2);
  const std::string largest = s.input == InputKind::kArray
                                  ? fmt::format("number {:.3g} % of its range", 100 * s.distance->linf / 255)
                                  : fmt::format("pixel {:g} of 255", s.distance->linf);
  return fmt::format("median: largest change of a {}, L2 {} on [0, 1]", largest, figure_text(s.distance->l2));
}

std::string oddities_line(const RunSummary& s) {
  constexpr Words kOddities[] = {{"flaky", "findings did not repeat (flaky)"},
                                 {"ties", "inputs differed but for a tie"},
                                 {"not_finite", "inputs were answered with NaN or infinity"},
                                 {"failed", "inputs made a model fail"}};
  return counts_in_words({{"flaky", s.flaky}, {"ties", s.ties}, {"not_finite", s.not_finite}, {"failed", s.failed}},
                         kOddities);
}

// What would make a search that found nothing find something, by what it was asked.
std::string how_to_find(const RunSummary& s) {
  const auto settings = nlohmann::ordered_json::parse(s.settings);
  const auto limit = [&settings](const char* name) {
    const auto value = settings.find(name);
    return value != settings.end() && (value->is_string() ? !value->get<std::string>().empty() : *value != 0);
  };
  std::string advice;
  const auto add = [&advice](const std::string& text) { advice += (advice.empty() ? "" : ", ") + text; };
  if (limit("min-severity")) add("a lower --min-severity");
  if (limit("min-robust")) add("a lower --min-robust");
  if (limit("linf") || limit("l2") || limit("min-ssim")) add("a wider --linf, --l2 or --min-ssim");
  if (settings.value("require", "any") != "any") add("--require any");
  if (settings.value("goal", "deviation") != "deviation") add("--goal deviation");
  if (settings.value("strategy", "boundary") == "natural") add("a wider --natural-box");
  if (s.ends.contains("queries_spent")) add("more --max-queries");
  if (s.ends.contains("time_spent")) add("a longer --timeout");
  if (s.ties > 0) add("--ties count");
  if (settings.value("strategy", "boundary") != "boundary") add("--strategy boundary");
  if (settings.value("end-points", "auto") != "blend" && advice.empty()) add("--end-points blend");
  return advice.empty() ? "other or more inputs" : advice;
}

}  // namespace

std::vector<SummaryLine> lines_of(const RunSummary& s) {
  const PairFigures figures = s.figures.value_or(PairFigures{});
  std::vector<SummaryLine> all{{"original", model_line(s.original, figures.right_original, figures.labelled)},
                               {"compressed", model_line(s.compressed, figures.right_compressed, figures.labelled)},
                               {"agreement", agreement_line(s)},
                               {"inputs", inputs_line(s)},
                               {"found", found_line(s)},
                               {"", kinds_line(s)},
                               {"", without_line(s)},
                               {"reached", ways_line(s)},
                               {"queries", queries_line(s)},
                               {"", effort_line(s)},
                               {"severity", severity_line(s)},
                               {"robust", robust_line(s)},
                               {"regressions", regressions_line(s)},
                               {"distance", distance_line(s)}};
  std::ranges::move(natural_lines(s), std::back_inserter(all));
  all.push_back({"set aside", oddities_line(s)});
  std::vector<SummaryLine> lines;
  for (const SummaryLine& line : all) {
    if (!line.text.empty()) lines.push_back(line);
  }
  return lines;
}

std::optional<PairLook> look_at(const RunSummary& summary) {
  if (!summary.figures || !summary.labels()) return {};
  return look_at(*summary.figures, summary.severity ? std::optional(summary.severity->median) : std::nullopt);
}

std::string what_next(const RunSummary& s, SearchEnd end, const std::string& run) {
  if (!s.complete) {
    const char* const why = end == SearchEnd::kTimeLimit ? "the time limit ended the run"
                            : end == SearchEnd::kStopped ? "interrupted"
                                                         : "the run is not complete";
    return fmt::format("{} with {} of {} inputs to go, everything found is kept; `dflare resume {}` goes on", why,
                       grouped(s.remaining), grouped(s.remaining + s.searched + s.natural), run);
  }
  if (s.confirmed > 0 || s.searched == 0) return "";
  return fmt::format(
      "nothing was found on {} inputs: that is how much was tried, and no proof that the models never "
      "differ. What may find more: {}",
      grouped(s.searched), how_to_find(s));
}

std::string severity_in_words(double severity, bool labels) {
  if (!labels) return fmt::format("{} times as far apart as tolerated", figure_text(1 + severity));
  const double odds = std::exp(severity);
  if (odds < 1.05) return "close to a coin toss";
  if (odds < 10) return fmt::format("both prefer their answer {:.1f} to 1", odds);
  if (odds < 1e6) return fmt::format("both prefer their answer {} to 1", grouped(std::llround(odds)));
  return "both are as sure as can be";
}

std::string measured_in_words(const std::string& facts) {
  const auto measured = nlohmann::ordered_json::parse(facts, nullptr, /*allow_exceptions=*/false);
  if (!measured.is_object()) return "";
  std::string words;
  for (const auto& [name, value] : measured.items()) {
    std::string plain = name;
    std::ranges::replace(plain, '_', ' ');
    const std::string number = value.is_number_integer() ? grouped(value.get<std::int64_t>())
                               : value.is_number()       ? figure_text(value.get<double>())
                                                         : value.dump();
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", plain, number);
  }
  return words;
}

std::string duration_text(double seconds) {
  if (seconds < 0.0995) return fmt::format("{:.0f} ms", 1000 * seconds);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  if (seconds < 59.5) return fmt::format("{:.0f} s", seconds);
  const std::int64_t total = std::llround(seconds);
  if (total < 3600) return fmt::format("{}:{:02}", total / 60, total % 60);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

}  // namespace dflare

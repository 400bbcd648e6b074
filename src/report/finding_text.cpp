// One finding in words.
#include "dflare/finding_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/figures.h"
#include "core/shape_text.h"
#include "core/words.h"
#include "dflare/report_text.h"
#include "dflare/run_report.h"
#include "dflare/run_words.h"
#include "report/page.h"

namespace dflare {
namespace {

std::string distance_text(const Finding& finding) {
  const Distance& d = finding.distance;
  if (finding.input == InputKind::kText)
    return fmt::format("{:.0f} characters edited, {} of all", d.linf, figure_text(d.l2, kPercent));
  if (finding.input == InputKind::kAudio) return sound_distance_text(d.linf, d.l2);
  if (finding.input == InputKind::kArray) {
    return fmt::format("largest change {:.3g} % of a number's range, L2 {} on [0, 1]", 100 * d.linf / 255,
                       figure_text(d.l2));
  }
  return fmt::format("largest change {:g} of 255, L2 {} on [0, 1], SSIM {:.3f}", d.linf, figure_text(d.l2), d.ssim);
}

constexpr const char* kNeighbours = "each value moved by -1, 0 or +1 level";

using Json = nlohmann::ordered_json;

// Characters of a word on a terminal.
std::size_t width_of(const std::string& word) {
  return static_cast<std::size_t>(std::ranges::count_if(word, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string without_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// Both sentences word under word, in lines of two: words that differ in capitals, stars where one has none.
void add_aligned(Page& page, const std::string& original, const std::string& compressed) {
  constexpr std::size_t kLine = 64;
  std::string above, below;
  std::size_t width = 0;
  const auto put = [&page, &above, &below, &width] {
    page.row("word by word", 14, without_end(std::exchange(above, {})));
    page.row("", 14, without_end(std::exchange(below, {})));
    width = 0;
  };
  for (const WordStep& step : aligned(spoken_words(original), spoken_words(compressed))) {
    const auto shown = [&step](std::string word, std::size_t beside) {
      if (word.empty()) return std::string(beside, '*');
      if (!step.same()) std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
      return word;
    };
    const std::size_t wide = std::max(width_of(step.from), width_of(step.to));
    if (width > 0 && width + wide > kLine) put();
    const auto add = [wide](std::string& line, const std::string& word) {
      line += word + std::string(wide - width_of(word) + 1, ' ');
    };
    add(above, shown(step.from, width_of(step.to)));
    add(below, shown(step.to, width_of(step.from)));
    width += wide + 1;
  }
  if (width > 0) put();
}

// What an oracle measured; of transcripts the sentences come first.
void add_measured(Page& page, const std::string& facts) {
  Json measured = Json::parse(facts, nullptr, /*allow_exceptions=*/false);
  const auto take = [&measured](const char* name) {
    std::string said = measured.value(name, "");
    measured.erase(name);
    return said;
  };
  if (measured.is_object() && measured.contains("said_original")) {
    const std::string original = take("said_original"), compressed = take("said_compressed");
    page.row("original", 14, original.empty() ? "(nothing)" : original);
    page.row("compressed", 14, compressed.empty() ? "(nothing)" : compressed);
    add_aligned(page, original, compressed);
  }
  page.row("measured", 14, measured_in_words(measured.dump()));
}

std::string what_they_say(const FindingReport& report) {
  const Finding& finding = report.finding;
  if (!finding.facts.empty() && report.odds) return "the two models give different labels";
  if (!finding.facts.empty()) return "the compressed model strays from the original";
  const bool natural = finding.kind == FindingKind::kNatural;
  const auto says = [&](int label) { return !natural && label == finding.seed_label ? "still says" : "says"; };
  return fmt::format("the original {} {}, the compressed model {} {}", says(finding.label_original),
                     class_name(report.classes, finding.label_original, report.label_shift),
                     says(finding.label_compressed),
                     class_name(report.classes, finding.label_compressed, report.label_shift));
}

}  // namespace

std::string way_in_words(const FindingReport& report) {
  const Finding& finding = report.finding;
  if (finding.kind == FindingKind::kNatural) return "The input as it is";
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  if (!how.is_object()) return fmt::format("Mutations chosen by `{}`", report.strategy);
  const std::string end_point = how.value("end_point", "");
  const double percent = 100 * how.value("t", 1.0);
  if (end_point == "corrupt" || end_point == "natural") {
    std::string words = how.value("strength", "");
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
  }
  if (end_point == "blend" && how.contains("with")) {
    return fmt::format("{:.1f} % of the way to {}", percent, report.sources.at(how.at("with").get<std::size_t>()));
  }
  if (end_point == "mutate") return fmt::format("{:.1f} % of the way to a composition of operators", percent);
  if (end_point == "attack") return "Changes searched for, a slope or a square at a time";
  return how.dump();
}

std::string text_of(const FindingReport& report, const TextStyle& style) {
  const Finding& finding = report.finding;
  const std::string& source = report.sources.at(static_cast<std::size_t>(finding.seed.value));
  const std::string then = finding.refine_queries > 0 ? fmt::format(", then --refine {}", report.refine) : "";
  Page page(style);
  page.say("{}{}: {}\n\n", way_in_words(report), then, what_they_say(report));
  page.row(to_text(finding.input), 14, report.image.string());
  if (finding.input == InputKind::kText) page.row("", 14, std::string(finding.png.begin(), finding.png.end()));
  page.row("from", 14, fmt::format("{}, input {} of {}", source, finding.seed.value, report.inputs));
  page.row("kind", 14,
           fmt::format("{}{}{}", to_string(finding.kind), finding.tie ? ", a tie counted by first index" : "",
                       finding.flaky ? ", flaky: it did not repeat" : ""));
  if (!finding.facts.empty())
    add_measured(page, finding.facts);
  else
    page.row("probability", 14,
             fmt::format("original {:.1f} % for its label, compressed {:.1f} % for its own", 100 * finding.p_original,
                         100 * finding.p_compressed));
  page.row("severity", 14,
           fmt::format("{}: {}", figure_text(finding.severity), severity_in_words(finding.severity, report.odds)));
  if (const Robustness& r = finding.robust; r.asked > 0)
    page.row("robust", 14, fmt::format("{} of {} neighbours deviate too, {}", r.deviating, r.asked, kNeighbours));
  page.row("distance", 14, distance_text(finding));
  const std::string refined =
      finding.refine_queries == 0 ? "" : fmt::format(", and {} to refine it", finding.refine_queries);
  page.row("queries", 14, fmt::format("{}{}", finding.queries, refined));
  return page.text();
}

}  // namespace dflare

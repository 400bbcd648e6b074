// What a run means. That something was found near every input is true of any compressed model; how often the two differ
// on inputs as they are, and how decisively, is not: that comes first.
#include "page/verdict.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "core/figures.h"
#include "dflare/run_words.h"

namespace dflare {
namespace {

constexpr double kDecisive = 2 * std::numbers::ln2;  // both prefer their own answer 4 to 1
constexpr double kTwice = 1;                         // where an oracle compares: twice as far apart as tolerated
constexpr double kOften = 0.1;                       // of the findings, decisive ones

struct Decided {
  std::int64_t of = 0, decisive = 0;
  [[nodiscard]] double share() const { return Share{decisive, of}.value(); }
};

Decided decided(std::span<const PageFinding> findings, bool natural, bool labels) {
  Decided count;
  for (const PageFinding& f : findings) {
    if ((f.finding.kind == FindingKind::kNatural) != natural) continue;
    ++count.of;
    if (f.finding.severity >= (labels ? kDecisive : kTwice)) ++count.decisive;
  }
  return count;
}

std::string percent(double share) { return figure_text(share, kPercent); }

// "On 28 of 2 000 real inputs, 1 in 71, the two models give different answers."
std::string headline(const RunSummary& s) {
  if (!s.figures || s.figures->asked == 0)
    return "How often the two models differ on inputs as they are was not recorded.";
  const std::int64_t asked = s.figures->asked;
  const std::int64_t differ = asked - s.figures->agree;
  const bool labels = s.labels() || s.sets();
  const char* const what = labels ? "give different answers" : "are farther apart than tolerated";
  if (differ == 0)
    return fmt::format("On none of {} real inputs as they are do the two models {}.", grouped(asked),
                       labels ? "give different answers" : "lie farther apart than tolerated");
  const auto one_in = std::llround(static_cast<double>(asked) / static_cast<double>(differ));
  if (one_in < 2)
    return fmt::format("On {} of {} real inputs as they are the two models {}.", grouped(differ), grouped(asked), what);
  return fmt::format("On {} of {} real inputs as they are, 1 in {}, the two models {}.", grouped(differ),
                     grouped(asked), grouped(one_in), what);
}

std::string decisive_words(bool labels) {
  return labels ? "decisive (each model prefers its own answer 4 to 1 or more)"
                : "clear (at least twice as far apart as tolerated)";
}

// How sure the models are of different answers to inputs as they are.
std::string natural_sentence(const Decided& natural, bool labels) {
  if (natural.of == 0) return "";
  const std::string of = natural.of == 1 ? "the one" : fmt::format("the {}", grouped(natural.of));
  if (natural.decisive == 0)
    return fmt::format("None of {} that held when asked again is {}.", of, decisive_words(labels));
  return fmt::format("Of {} that held when asked again {} {} {}.", of, grouped(natural.decisive),
                     natural.decisive == 1 ? "is" : "are", decisive_words(labels));
}

// Nearly every compressed model can be brought to differ: what counts is how decisively.
std::string found_sentence(const RunSummary& s, const Decided& found) {
  if (s.searched == 0 || found.of == 0) return "";
  const std::string on = s.found == s.searched
                             ? fmt::format("each of {} other inputs", grouped(s.searched))
                             : fmt::format("{} of {} other inputs", grouped(s.found), grouped(s.searched));
  std::string words = fmt::format("A change to {} brought the two apart", on);
  if (s.queries_to_find) words += fmt::format(", after a median of {:g} queries", s.queries_to_find->median);
  const std::string how_many = found.decisive == 0      ? "none"
                               : found.share() < kOften ? grouped(found.decisive)
                                                        : percent(found.share());
  words += fmt::format("; of these {} findings {} {} {}.", grouped(found.of), how_many,
                       found.decisive <= 1 ? "is" : "are", decisive_words(s.labels() || s.sets()));
  return words +
         (found.share() < kOften ? " So most lie where the original itself wavers, as with any compressed model." : "");
}

std::string next_by(const PairLook& look, const Decided& natural, const Decided& found, const std::string& run) {
  if (!look.sound()) return look.next;
  if (look.kind == PairKind::kHurt)
    return fmt::format(
        "Look at the inputs as they are first. Then compress with less loss, compare versions by `dflare rank`, or "
        "hold such answers back by `dflare guard {}`.",
        run);
  if (look.kind == PairKind::kMostlyTied || look.kind == PairKind::kFewInputs) return look.next;
  if (natural.decisive > 0 || found.share() >= kOften)
    return fmt::format(
        "Look at the decisive findings first. Where a wrong answer is costly, `dflare guard {}` learns which answers "
        "not to trust.",
        run);
  return fmt::format(
      "Fit to ship where an uncertain answer may come out either way; where not, `dflare guard {}` learns which "
      "answers not to trust.",
      run);
}

PageVerdict::Tone tone_of(const PairLook& look) {
  if (!look.sound()) return PageVerdict::Tone::kUnsound;
  if (look.kind == PairKind::kFewInputs) return PageVerdict::Tone::kUnknown;
  return look.kind == PairKind::kHurt || look.kind == PairKind::kMostlyTied ? PageVerdict::Tone::kHurt
                                                                            : PageVerdict::Tone::kClose;
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (text.back() != '.') text += '.';
  return text;
}

}  // namespace

PageVerdict verdict_of(const RunSummary& s, std::span<const PageFinding> findings, const std::string& run) {
  PageVerdict verdict;
  const bool labels = s.labels() || s.sets();
  const Decided natural = decided(findings, true, labels);
  const Decided found = decided(findings, false, labels);
  const std::optional<PairLook> look = look_at(s);
  const auto add = [&verdict](std::string text) {
    if (!text.empty()) verdict.more.push_back(sentence(std::move(text)));
  };
  verdict.headline = headline(s);
  if (look) {
    verdict.tone = tone_of(*look);
    if (!look->sound()) verdict.headline = sentence(look->what);
    if (look->kind == PairKind::kHurt || look->kind == PairKind::kMostlyTied || look->kind == PairKind::kFewInputs)
      add(look->what);
    verdict.next = sentence(next_by(*look, natural, found, run));
  }
  if (verdict.tone == PageVerdict::Tone::kUnsound)
    add("Until that is put right, what is below says nothing about the compression");
  add(natural_sentence(natural, labels));
  add(found_sentence(s, found));
  add(what_next(s, SearchEnd::kComplete, run));
  return verdict;
}

}  // namespace dflare

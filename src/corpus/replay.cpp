// Known findings asked again.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/pacer.h"
#include "core/shape_text.h"
#include "dflare/corpus.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kFirstPiece = 64;
constexpr std::size_t kTried = 8;     // findings asked alone, to see whether batches answer with the same bits
constexpr double kNearlyTied = 1e-4;  // of the larger of the two largest outputs

SeedSet inputs_of(const KnownFindings& known, const Shape& shape) {
  SeedSet set;
  set.path = known.path;
  set.form = known.form;
  for (const KnownFinding& finding : known.findings) {
    if (finding.input.shape != shape) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("finding {} of {} is {}, and the models take {}", finding.name, known.path.string(),
                              to_text(finding.input.shape), to_text(shape)),
                  "replay findings with models of the shape that they were found with");
    }
    set.seeds.push_back({.input = finding.input, .label = -1, .source = finding.name, .problem = {}});
  }
  return set;
}

bool is_nearly_tied(std::span<const float> raw) {
  float first = -INFINITY;
  float second = -INFINITY;
  for (const float value : raw) {
    second = std::max(second, std::min(first, value));
    first = std::max(first, value);
  }
  return !(first - second > kNearlyTied * std::max(std::abs(first), std::abs(second)));
}

// What both models say of one finding.
struct Said {
  int original = -1, compressed = -1;
  bool shaky = false;  // nearly tied
  bool operator==(const Said& other) const { return original == other.original && compressed == other.compressed; }
};

class Replayer {
 public:
  Replayer(const Model& original, const Model& compressed, const ReplaySkips& skips, const KnownFindings& known,
           const AskOptions& options)
      : known_(known),
        images_(inputs_of(known, original.info().shape)),
        options_(options),
        alone_{.workers = 1, .batch = 1, .stop = options.stop, .query_started = options.query_started},
        original_(original, options),
        compressed_(compressed, options),
        original_alone_(original, alone_),
        compressed_alone_(compressed, alone_),
        skips_(skips) {}

  Replay run(const Tell& tell) {
    Replay replay;
    const std::size_t of = known_.findings.size();
    said_.resize(of);
    Pacer pacer(kFirstPiece);
    std::size_t asked = 0;
    while (asked < of && !stopped()) {
      if (tell) tell({"known findings", static_cast<std::int64_t>(asked), static_cast<std::int64_t>(of), -1, -1});
      const std::size_t end = std::min(of, asked + pacer.next());
      const Elapsed elapsed;
      if (!ask(asked, end)) break;
      pacer.took(end - asked, elapsed.seconds());
      asked = end;
    }
    for (std::size_t i = 0; i < of; ++i) replay.findings.push_back(outcome(i, i < asked));
    if (asked < of) replay.end = SearchEnd::kStopped;
    return replay;
  }

 private:
  struct Once {
    std::vector<Said> said;
    Answers original, compressed;
  };

  [[nodiscard]] bool stopped() const { return options_.stop != nullptr && *options_.stop; }

  // Empty where it was stopped.
  Once ask_by(Asker& original, Asker& compressed, std::size_t first, std::size_t end) {
    std::vector<SeedIndex> seeds;
    for (std::size_t i = first; i < end; ++i) seeds.emplace_back(static_cast<std::int32_t>(i));
    const std::vector<NaturalImage> images = clean_images(seeds);
    Once once;
    once.original = original.ask({OutputKind::kLogits, 0, skips_.original}, images_, images);
    if (stopped()) return {};
    once.compressed = compressed.ask({OutputKind::kLogits, 0, skips_.compressed}, images_, images);
    if (stopped()) return {};
    for (std::size_t i = 0; i < images.size(); ++i) {
      const AnswerView f = once.original[i];
      const AnswerView g = once.compressed[i];
      once.said.push_back({f.label, g.label, is_nearly_tied(f.raw) || is_nearly_tied(g.raw)});
    }
    return once;
  }

  // False where it was stopped meanwhile: then the piece counts for nothing.
  bool ask(std::size_t first, std::size_t end) {
    const Once once = ask_by(original_, compressed_, first, end);
    if (once.said.empty()) return false;
    flaky_.resize(end);
    for (std::size_t i = first; i < end; ++i) {
      said_[i] = once.said[i - first];
      const bool tried = i - first < kTried && first == 0;
      if (!tried && !said_[i].shaky && exact_) continue;
      const Once again = ask_by(original_alone_, compressed_alone_, i, i + 1);
      if (again.said.empty()) return false;
      flaky_[i] = !(again.said.front() == said_[i]);
      exact_ = exact_ && same(once.original.raw(i - first), again.original.raw(0)) &&
               same(once.compressed.raw(i - first), again.compressed.raw(0));
    }
    return true;
  }

  static bool same(std::span<const float> a, std::span<const float> b) {
    return std::ranges::equal(a, b, [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
  }

  [[nodiscard]] ReplayedFinding outcome(std::size_t i, bool asked) const {
    const KnownFinding& known = known_.findings[i];
    ReplayedFinding replayed{.name = known.name,
                             .source = known.source,
                             .seed_label = known.seed_label,
                             .was_original = known.label_original,
                             .was_compressed = known.label_compressed};
    if (!asked) return replayed;
    replayed.original = said_[i].original;
    replayed.compressed = said_[i].compressed;
    const bool agree = said_[i].original == said_[i].compressed && said_[i].original >= 0;
    const bool known_label = said_[i].original == known.seed_label || said_[i].original == known.label_original;
    replayed.outcome = flaky_[i]     ? ReplayOutcome::kFlaky
                       : !agree      ? ReplayOutcome::kStillDeviates
                       : known_label ? ReplayOutcome::kFixed
                                     : ReplayOutcome::kGone;
    return replayed;
  }

  const KnownFindings& known_;
  SeedSet images_;
  AskOptions options_, alone_;
  Asker original_, compressed_, original_alone_, compressed_alone_;
  ReplaySkips skips_;
  std::vector<Said> said_;
  std::vector<bool> flaky_;
  bool exact_ = true;  // a batch has answered with the bits that are answered alone
};

}  // namespace

std::string_view to_string(ReplayOutcome outcome) {
  switch (outcome) {
    case ReplayOutcome::kStillDeviates:
      return "still deviates";
    case ReplayOutcome::kFixed:
      return "fixed";
    case ReplayOutcome::kGone:
      return "gone";
    case ReplayOutcome::kFlaky:
      return "flaky";
    case ReplayOutcome::kNotAsked:
      return "not asked";
  }
  return "not asked";
}

std::int64_t Replay::count(ReplayOutcome outcome) const {
  return std::ranges::count(findings, outcome, &ReplayedFinding::outcome);
}

Replay replay(const Model& original, const Model& compressed, const ReplaySkips& skips, const KnownFindings& known,
              const AskOptions& options, const Tell& tell) {
  return Replayer(original, compressed, skips, known, options).run(tell);
}

}  // namespace dflare

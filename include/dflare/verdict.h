// The judgement over one query: do the two models deviate, and how decisively.
#pragma once

#include <algorithm>
#include <string_view>

#include "dflare/answers.h"
#include "dflare/input.h"

namespace dflare {

// What kind of deviation a finding is, by who left the seed's label.
enum class FindingKind {
  kCompressedLost,  // the original keeps the seed's label: the user's strongest evidence from a search
  kOriginalLost,    // the compressed model keeps it
  kBothChanged,     // neither does
  kNatural,         // an unmodified input on which they differ
};
std::string_view to_string(FindingKind kind);

// --ties: whether an input whose top value is tied in either model can be a deviation.
enum class TiePolicy {
  kSkip,   // no: labels are strict (default)
  kCount,  // yes: labels by first index, as the paper, its code and deployed argmax do; the finding is marked
};

// --require: which kinds of deviation count.
enum class Require {
  kAny,
  kCompressedLost,  // the original keeps the seed's label
};

// What makes a difference of labels a deviation.
struct Acceptance {
  TiePolicy ties = TiePolicy::kSkip;
  Require require = Require::kAny;
};

// Judgement over one row. Views stay valid until the next query.
struct Verdict {
  InputView input;
  AnswerView original;
  AnswerView compressed;
  int seed_label = -1;
  bool deviates = false;
  bool differs = false;  // labels by first index differ (also when a tie keeps that from being a deviation)
  bool tie = false;      // the top value is tied in either model
  bool finite = true;    // both answers are finite; if not, nothing else here means anything
  FindingKind kind = FindingKind::kBothChanged;
  double margin_original = 0;    // margin of the seed's label, natural log units
  double margin_compressed = 0;  // the same in the compressed model
};

// log p(label) - max over the others of log p: positive iff label is the strict top-1.
double margin(std::span<const float> log_p, int label);

// min( log f(a)/f(b), log g(b)/g(a) ) for labels a (original) and b (compressed): how decisively each model insists.
// Natural log units, >= 0 for a deviation: 0 is a coin toss, ln 4 means both prefer their answer 4 to 1.
double severity(const AnswerView& original, const AnswerView& compressed);

// Of a regression: the lesser of the original's margin of the seed's label and what the compressed model's falls short.
// Positive exactly where the original strictly keeps the label and the compressed model strictly does not.
inline double regression_severity(const Verdict& v) { return std::min(v.margin_original, -v.margin_compressed); }

// Judges one row against the seed's label. Both answers hold the same classes.
Verdict judge(InputView input, const AnswerView& original, const AnswerView& compressed, int seed_label,
              const Acceptance& acceptance);

}  // namespace dflare

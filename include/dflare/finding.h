// What a search leaves behind.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dflare/budget.h"
#include "dflare/ids.h"
#include "dflare/input.h"
#include "dflare/verdict.h"

namespace dflare {

// How many neighbours of a finding deviate as well: its input with each value moved by -1, 0 or +1 level, at random.
struct Robustness {
  int asked = 0;  // 0: not measured
  int deviating = 0;

  [[nodiscard]] std::optional<double> share() const {
    return asked == 0 ? std::nullopt : std::optional(static_cast<double>(deviating) / asked);
  }
};

// A recorded deviation.
struct Finding {
  SeedIndex seed;
  int ordinal = 0;  // counts the findings of one seed
  FindingKind kind = FindingKind::kNatural;
  int seed_label = -1;  // the label both models give the seed; for kNatural the original's
  int label_original = -1;
  int label_compressed = -1;
  float p_original = 0;        // the original's probability of its own label
  float p_compressed = 0;      // the compressed model's probability of its own label
  double margin_original = 0;  // of the seed's label, see Verdict
  double margin_compressed = 0;
  double severity = 0;  // natural log units, see severity()
  bool tie = false;     // counted by first index (--ties count)
  bool flaky = false;   // asked again, alone, from the stored bytes, it did not deviate: kept apart
  Robustness robust;    // in this form, whatever its kind
  Distance distance;
  double severity_found = 0;            // before it was refined
  std::int64_t refine_queries = 0;      // spent on refining it, besides `queries`
  std::int64_t queries = 0;             // of the chain until here, the seed's own included; 0 for kNatural
  double seconds = 0;                   // of the chain until here
  std::string how;                      // how it was reached, JSON object by the strategy; may be empty
  std::string facts;                    // what an oracle measured (Oracle::facts); empty where labels are compared
  std::string answers;                  // the labels likeliest to both models (TopAnswers as text); may be empty
  InputKind input = InputKind::kImage;  // what was stored
  // Positive: a regression, and how decisive. Of an input that no search has changed it says nothing.
  [[nodiscard]] double regression() const {
    return kind == FindingKind::kCompressedLost ? std::min(margin_original, -margin_compressed) : 0;
  }
  std::vector<std::uint8_t>
      png;  // the input, losslessly (PNG; of an array .npy): the truth of which all else is derived
};

// How the chain of a seed ended.
enum class ChainEnd { kFound, kQueriesSpent, kTimeSpent, kGaveUp, kModelFailed };
std::string_view to_string(ChainEnd end);

// The `done` of a seed: its chain never runs again.
struct SeedDone {
  SeedIndex seed;
  ChainEnd end = ChainEnd::kGaveUp;
  std::int64_t queries = 0;         // the seed's own included
  std::int64_t refine_queries = 0;  // besides `queries`
  std::int64_t confirmations = 0;   // queries spent on confirming and on neighbours, counted apart
  std::int64_t ties = 0;            // inputs whose labels differed but for a tie
  std::int64_t flaky = 0;
  std::int64_t not_finite = 0;  // inputs with a NaN or infinite answer
  double seconds = 0;
};

// An input for which a model answered NaN or infinity. At most one a seed is kept.
struct NotFinite {
  SeedIndex seed;
  bool original = false;  // which model did
  bool compressed = false;
  std::vector<std::uint8_t> png;  // as a finding's
};

// An input on which a model fails, or hangs: its chain ends there. At most one a seed is kept.
struct FailedInput {
  SeedIndex seed;
  bool original = false;  // which model did
  bool compressed = false;
  bool hung = false;              // it did not answer at all
  std::string why;                // the runtime's words
  std::vector<std::uint8_t> png;  // as a finding's
};

// What the engine has to say since the last time; written in one transaction.
struct Events {
  std::vector<Finding> findings;
  // Confirmed, and about to be refined: kept until the finding of the same seed and ordinal comes, or the seed's done.
  std::vector<Finding> unsettled;
  std::vector<NotFinite> not_finite;
  std::vector<FailedInput> failed;
  std::vector<SeedDone> done;

  [[nodiscard]] bool empty() const {
    return findings.empty() && unsettled.empty() && not_finite.empty() && failed.empty() && done.empty();
  }
  void clear() {
    findings.clear();
    unsettled.clear();
    not_finite.clear();
    failed.clear();
    done.clear();
  }
};

// Where events go. One caller at a time; the engine sees to that.
class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;
  // All or nothing. Throws kCannotWrite.
  virtual void write(const Events& events) = 0;
};

}  // namespace dflare

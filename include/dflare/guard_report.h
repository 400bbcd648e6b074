// What there is to say of a guard that was learnt: how it does, whether it keeps its promise, and the rule as code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/guard.h"
#include "dflare/guard_samples.h"
#include "dflare/model.h"

namespace dflare {

// Of the goal, on images that were not learnt from.
enum class Promise {
  kKept,
  kOpen,    // what was measured falls short, within what chance does
  kMissed,  // beyond that
};

// The rule as lines that a reader can paste. `z` holds the model's output, dequantised, `g` guard.json, `scale` and
// `shift` its tables.
struct GuardCode {
  std::string python, cpp;
  // What makes z of the stored 8-bit output `q`; empty where the output is real-valued, and is z.
  std::string python_dequantise, cpp_dequantise;
};

struct GuardReport {
  GuardGoal goal;
  OutputReading reading;  // of the compressed model
  GuardFit fit;
  GuardFigures figures;
  GuardFit margin_fit;  // the same goal with the margin for a score
  GuardFigures margin_figures;
  Promise promise = Promise::kKept;
  GuardCode code;
  std::vector<int> labels_never_seen;  // of the compressed model, among the images learnt from
  std::size_t learn_inputs = 0, held_out_inputs = 0;
  int corrupted_per_input = 0;
  std::string held_out_from;
  bool complete = true;            // as the samples are
  std::vector<std::string> notes;  // what a reader should know
};

// Learns and measures. Throws what fit_guard throws.
GuardReport learn_guard(const GuardSamples& samples, const GuardGoal& goal, const OutputReading& reading,
                        const ModelInfo& compressed);

// The same of samples that may have been cut short: nothing where that left too little to learn from.
std::optional<GuardReport> learn_from_part(const GuardSamples& samples, const GuardGoal& goal,
                                           const OutputReading& reading, const ModelInfo& compressed);

// Whether the goal was kept on the images measured on.
Promise promise_of(const GuardGoal& goal, const GuardFigures& figures);
std::string to_string(Promise promise);  // "kept", "open", "missed"

GuardCode guard_code(const Guard& guard, const OutputReading& reading, const ModelInfo& compressed);

}  // namespace dflare

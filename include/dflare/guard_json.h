// A guard as JSON: the part of guard.json that decides.
#pragma once

#include <string>
#include <string_view>

#include "dflare/answers.h"
#include "dflare/guard.h"

namespace dflare {

// A guard, and how the compressed model's output is read before it is scored.
struct GuardRule {
  Guard guard;
  OutputReading reading;
};

// Keys: schema_version, score, classes, threshold, reading {kind ("logits" or "probs"), step, skip_classes}, and for a
// pair-margin shift and scale, a row for every label of the compressed model.
std::string to_json(const GuardRule& rule);

// The reverse, exactly; further keys are passed over. Throws kBadInput naming `name`.
GuardRule guard_rule_from_json(std::string_view text, const std::string& name);

}  // namespace dflare

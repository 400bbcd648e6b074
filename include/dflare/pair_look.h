// What a pair of models is like, in a sentence, and what to do next: said before any figure is.
#pragma once

#include <optional>
#include <string>

#include "dflare/pair_figures.h"

namespace dflare {

enum class PairKind {
  kFewInputs,        // too few to say
  kNotFinite,        // a model answers NaN or infinity to most inputs
  kSame,             // all answers are the same numbers: one model twice, or a compression without effect
  kOneLabel,         // a model gives nearly every input one label, and that is not what the inputs are
  kBothWrong,        // both are right on few inputs: fed or read wrongly
  kOriginalWrong,    // the original alone is
  kCompressedWrong,  // the compressed model alone is
  kUnalike,          // they agree on few inputs, as a model and its compressed version don't
  kMostlyTied,       // the top value is tied on most inputs
  kHurt,             // the compressed model lost a good deal, and is still the same model
  kRounding,         // they differ where neither is decided, and nowhere else
  kClose,            // what compression should be
};

struct PairLook {
  PairKind kind = PairKind::kFewInputs;
  std::string what;  // one sentence with its figures: what the pair is like
  std::string next;  // what to do about it, or what it means for what follows; may be empty

  // Whether deviations of this pair say something about its compression. Otherwise what follows is noise.
  [[nodiscard]] bool sound() const { return kind == PairKind::kFewInputs || kind >= PairKind::kMostlyTied; }
};

// How the models are called in the sentences.
struct PairNames {
  std::string original = "the original";
  std::string compressed = "the compressed model";
};

// `severity`: median of the findings, natural log units, where there was a search.
PairLook look_at(const PairFigures& figures, std::optional<double> severity = std::nullopt,
                 const PairNames& names = {});

}  // namespace dflare

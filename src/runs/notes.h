// What looks wrong with how models are fed, found out before they are measured.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/pacer.h"
#include "dflare/doubts.h"
#include "dflare/options.h"
#include "dflare/search.h"
#include "dflare/seeds.h"

namespace dflare {

inline constexpr double kShareForNotes = 0.2;  // of a time limit

// Until `seconds` (0: for ever) have passed since `began`: that it was given up is then the note. The first model is
// the original.
std::vector<std::string> notes_on(std::span<const DeclaredModel> models, const Options& options, const SeedSet& seeds,
                                  LiveProgress& live, const Elapsed& began, double seconds);

}  // namespace dflare

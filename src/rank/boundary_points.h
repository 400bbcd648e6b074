// Images on the original's decision boundary: seeds under a corruption just as strong as makes the original waver.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dflare/answers.h"
#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/seeds.h"

namespace dflare {

// For each seed `per_seed` kinds of corruption in rotation from a random one: the strength is raised until the original
// leaves the label that it gives the seed, then that place is halved down to a thousandth. Gives the two images on
// either side of it, or none where the original keeps its label at full strength. What a seed gets depends on
// (rng_seed, its index) alone. Where options.stop is set, what it returns is not to be used.
std::vector<NaturalImage> find_boundary_points(const Model& original, const OutputReading& reading,
                                               const SeedSet& seeds, std::span<const SeedIndex> from, int per_seed,
                                               std::uint64_t rng_seed, const AskOptions& options);

// How far apart the two models' log-odds are of the two labels that the original wavers between at this point. Natural
// log units; kMostShift at most, and where the compressed answer is not finite. Negative where the original does not
// waver here (its log-odds are 1 or more), so that the point says nothing.
double shift_at(const AnswerView& original, const AnswerView& compressed);
inline constexpr double kMostShift = 10;

}  // namespace dflare

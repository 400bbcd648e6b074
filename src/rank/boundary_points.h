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

// For each input of `from`, which the original gives the label at the same place in `labels`, `per_input` kinds of
// corruption in rotation from a random one: the strength is raised until the original leaves that label, then the place
// is halved down to 0.003. Gives the last image that keeps the label; none where the original keeps it up to
// ImageNet-C's severity 5. Where that gives fewer than 500 points, strengths up to twice that are tried as well.
// Kinds and randomness of an input depend on (rng_seed, its index) alone. Where options.stop is set, what it returns is
// not to be used.
std::vector<NaturalImage> find_boundary_points(const Model& original, const OutputReading& reading,
                                               const SeedSet& seeds, std::span<const SeedIndex> from,
                                               std::span<const int> labels, int per_input, std::uint64_t rng_seed,
                                               const AskOptions& options);

// How far apart the two models' log-odds are of the two labels that the original wavers between at this point. Natural
// log units; kMostShift at most, and where the compressed answer is not finite. Negative where the original does not
// waver here (its log-odds are 1 or more), so that the point says nothing.
double shift_at(const AnswerView& original, const AnswerView& compressed);
inline constexpr double kMostShift = 10;

}  // namespace dflare

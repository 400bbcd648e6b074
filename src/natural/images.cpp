// Which natural images there are, and their bytes.
#include <algorithm>

#include "dflare/corruptions.h"
#include "dflare/natural.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr int kSeverities = 5;
constexpr double kStrengthOfSeverity = 0.1;     // so that strength 1 is twice severity 5
constexpr std::uint64_t kPurpose = 0x6e617475;  // a stream apart from those of searches

}  // namespace

std::vector<NaturalImage> clean_images(std::span<const SeedIndex> seeds) {
  std::vector<NaturalImage> images;
  images.reserve(seeds.size());
  for (const SeedIndex seed : seeds) images.push_back({.seed = seed});
  return images;
}

std::vector<NaturalImage> corrupted_images(std::span<const SeedIndex> seeds, int per_seed, std::uint64_t rng_seed,
                                           const ArrayForm* form) {
  std::vector<NaturalImage> images;
  images.reserve(seeds.size() * static_cast<std::size_t>(per_seed));
  const auto kinds = static_cast<std::uint32_t>(corruptions(form).size());
  for (const SeedIndex seed : seeds) {
    Rng rng(rng_seed, static_cast<std::uint64_t>(seed.value), kPurpose);
    const std::uint32_t first = rng.below(kinds);
    for (int i = 0; i < per_seed; ++i) {
      const int corruption = static_cast<int>((first + static_cast<std::uint32_t>(i)) % kinds);
      images.push_back({seed, corruption, rng.between(1, kSeverities), rng.next()});
    }
  }
  return images;
}

void render(const SeedSet& seeds, const NaturalImage& image, std::span<std::uint8_t> out) {
  const InputView input = seeds.seeds[static_cast<std::size_t>(image.seed.value)].input.view();
  if (image.corruption < 0) {
    std::copy_n(input.data, out.size(), out.begin());
  } else {
    const double strength = image.strength < 0 ? kStrengthOfSeverity * image.severity : image.strength;
    corruptions(input.shape.form)[static_cast<std::size_t>(image.corruption)]->apply(input, strength, image.key, out);
  }
}

}  // namespace dflare

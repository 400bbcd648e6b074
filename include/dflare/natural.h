// Natural images: inputs as they are and under corruptions of ImageNet-C's severities, and what models say of them.
// What ranking, repair and guard are measured by.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "dflare/answers.h"
#include "dflare/ids.h"
#include "dflare/input.h"
#include "dflare/model.h"
#include "dflare/seeds.h"

namespace dflare {

// One natural image, by how it is made: the same numbers make the same bytes.
struct NaturalImage {
  SeedIndex seed;
  int corruption = -1;    // position in corruptions(); -1: the input as it is
  int severity = 0;       // 1 to 5 as ImageNet-C counts them; 0: the input as it is
  std::uint64_t key = 0;  // of the corruption's randomness
  double strength = -1;   // of the corruption, 0 to 1; negative: the severity's
};

// The inputs as they are, one image each, in their order.
std::vector<NaturalImage> clean_images(std::span<const SeedIndex> seeds);

// `per_seed` corrupted images of each input, together in the order of the inputs: kinds in rotation from a random one,
// severities uniform in 1 to 5. What an input gets depends on (rng_seed, its index) alone.
std::vector<NaturalImage> corrupted_images(std::span<const SeedIndex> seeds, int per_seed, std::uint64_t rng_seed);

// Writes the image to `out`, which holds as many bytes as the input; the input must be readable.
void render(const SeedSet& seeds, const NaturalImage& image, std::span<std::uint8_t> out);

struct AskOptions {
  int workers = 0;  // threads, a clone of the model each; 0: one a core
  int batch = 32;   // rows a query
  const std::atomic<bool>* stop =
      nullptr;  // set by the caller: the call returns soon, and what it returns is not to be used
  std::atomic<std::int64_t>* asked = nullptr;  // grows by every image that was answered, while the call goes on
};

// One model's answers, row i to images[i], read as `reading` says. Throws kModelFailed when the model does.
Answers ask_all(const Model& model, const OutputReading& reading, const SeedSet& seeds,
                std::span<const NaturalImage> images, const AskOptions& options);

}  // namespace dflare

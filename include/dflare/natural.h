// Natural images: inputs as they are and under corruptions of severities 1 to 5, and what models say of them.
// What ranking, repair and guard are measured by.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
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
  int corruption = -1;    // position in corruptions() of the inputs' form; -1: the input as it is
  int severity = 0;       // 1 to 5, strength a tenth of it (docs/corruptions.md); 0: the input as it is
  std::uint64_t key = 0;  // of the corruption's randomness
  double strength = -1;   // of the corruption, 0 to 1; negative: the severity's
};

// The inputs as they are, one image each, in their order.
std::vector<NaturalImage> clean_images(std::span<const SeedIndex> seeds);

// `per_seed` corrupted images of each input, together in the order of the inputs: kinds in rotation from a random one,
// severities uniform in 1 to 5. What an input gets depends on (rng_seed, its index) alone. `form`: of the inputs.
std::vector<NaturalImage> corrupted_images(std::span<const SeedIndex> seeds, int per_seed, std::uint64_t rng_seed,
                                           const ArrayForm* form = nullptr);

// Writes the image to `out`, which holds as many bytes as the input; the input must be readable.
void render(const SeedSet& seeds, const NaturalImage& image, std::span<std::uint8_t> out);

inline constexpr int kMostAskWorkers = 256;
inline constexpr int kMostAskRows = 65536;

struct AskOptions {
  int workers = 0;  // threads, an instance of the model each, at most kMostAskWorkers; 0: one a core
  int batch = 32;   // rows a call, 1 to kMostAskRows
  const std::atomic<bool>* stop =
      nullptr;  // set by the caller: the call returns soon, and what it returns is not to be used
  std::atomic<std::int64_t>* asked = nullptr;  // grows by every image that was answered, while the call goes on
  // For a watchdog, one a thread: steady-clock nanoseconds at which the query that runs was begun, 0 while none does
  // (as LiveProgress::query_started). Threads beyond their number are not watched.
  std::span<std::atomic<std::int64_t>> query_started = {};
};
// Throws kBadArgument for numbers out of these ranges.
void check_ask_options(const AskOptions& options);

// One model's instances, made when they are first needed and kept from call to call. One caller at a time.
class Asker {
 public:
  // `model` and what the options point to must outlive it. Throws what check_ask_options throws.
  Asker(const Model& model, AskOptions options);

  // The answers, row i to images[i], read as `reading` says. Throws kModelFailed when the model does.
  Answers ask(const OutputReading& reading, const SeedSet& seeds, std::span<const NaturalImage> images);
  [[nodiscard]] const Model& model() const { return *model_; }

 private:
  const Model* model_;
  AskOptions options_;
  std::vector<std::unique_ptr<Model>> instances_;
};

// The same for one call.
Answers ask_all(const Model& model, const OutputReading& reading, const SeedSet& seeds,
                std::span<const NaturalImage> images, const AskOptions& options);

// The same by the model itself, in the caller's thread, `rows` a query: what it finds out about itself when it is asked
// (ModelInfo::fixed_batch, row_by_row) its info() tells afterwards.
Answers ask_itself(Model& model, const OutputReading& reading, const SeedSet& seeds,
                   std::span<const NaturalImage> images, int rows);

}  // namespace dflare

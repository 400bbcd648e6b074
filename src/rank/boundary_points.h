// Images on the original's decision boundary: seeds under a corruption just as strong as makes the original waver.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dflare/answers.h"
#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/rng.h"
#include "dflare/seeds.h"

namespace dflare {

// The strength of a corruption at which the original leaves an input's label, being searched for.
class BoundaryPath {
 public:
  BoundaryPath(const NaturalImage& image, int label);

  // Whether there is anything left to ask, with no more than the first `strengths` of the scan.
  [[nodiscard]] bool searching(std::size_t strengths) const;
  [[nodiscard]] const NaturalImage& next() const { return image_; }
  // The label of next().
  void answered(int label);
  [[nodiscard]] bool found() const { return outside_ > 0; }
  // The last image before the label is left. Only where found().
  [[nodiscard]] NaturalImage point() const;

 private:
  NaturalImage image_;
  int label_;
  double inside_ = 0, outside_ = 0;  // outside 0: not known yet
  std::size_t scanned_ = 0;
  int halvings_ = 0;
};

// Follows inputs under corruptions of growing strength to the place where the original leaves the label that it gives
// them, with the original alone: the strength is raised until the label is left, then the place is halved down to
// 0.003. Kinds and randomness of an input depend on (rng_seed, its index) alone, and a path on no other.
class BoundaryPaths {
 public:
  // The original gives from[i] the label labels[i]. All of this must outlive the paths.
  BoundaryPaths(Asker& original, const OutputReading& reading, const SeedSet& seeds, std::span<const SeedIndex> from,
                std::span<const int> labels, std::uint64_t rng_seed);

  // `per_input` more paths of every input, by the next kinds of corruption in rotation, up to severity 5.
  void begin_round(int per_input);
  // The paths so far that did not leave their label, on to twice that strength.
  void begin_beyond();
  // Follows so many more paths of the round, inputs spread evenly. Gives the last image that keeps the label, for those
  // that leave it. Once stopped() says so it returns soon, and what it returns is not to be used.
  std::vector<NaturalImage> follow(std::size_t paths, const std::function<bool()>& stopped);
  [[nodiscard]] bool round_done() const { return next_ == round_.size(); }

  [[nodiscard]] std::size_t paths() const { return paths_.size(); }
  // Of all rounds; those followed beyond count twice.
  [[nodiscard]] std::size_t followed() const { return followed_; }

 private:
  Asker& original_;
  const OutputReading& reading_;
  const SeedSet& seeds_;
  std::span<const SeedIndex> from_;
  std::span<const int> labels_;
  std::vector<Rng> rngs_;             // one an input
  std::vector<std::uint32_t> kinds_;  // each input's next
  std::vector<BoundaryPath> paths_;
  std::vector<std::size_t> round_;  // places in paths_, in the order in which they are followed
  std::size_t next_ = 0;            // of round_
  std::size_t strengths_ = 0;       // of the scan, that the round goes to
  std::size_t followed_ = 0;
};

// How far apart the two models' log-odds are of the two labels that the original wavers between at this point. Natural
// log units; kMostShift at most, and where the compressed answer is not finite. Negative where the original does not
// waver here (its log-odds are 1 or more), so that the point says nothing.
double shift_at(const AnswerView& original, const AnswerView& compressed);
inline constexpr double kMostShift = 10;

}  // namespace dflare

// Steps that make a deviation more decisive, along slopes learnt from the answers.
#pragma once

#include <vector>

#include "dflare/input.h"
#include "dflare/rng.h"
#include "strategy/insistence.h"
#include "strategy/slope_model.h"

namespace dflare {

// A step goes up a drawn slope of what both models insist on together, less what of it would make them lean to one
// side, and takes back the lean that there is. It is lengthened while steps pay and shortened while they do not; when
// it is worn out, the answers are not of the kind that slopes tell of: so with mere rounding errors, which a network
// has all over the image.
class LearntSteps {
 public:
  // Forgets all. The seed tells what kind of image it is.
  void begin(InputView seed);
  // The answers to an image; the first one is the anchor of the slopes. Not when full().
  void learn(InputView image, const Insistence& seen);
  [[nodiscard]] bool full() const { return model_.full(); }
  // Begins to learn anew around an image.
  void anchor_at(InputView image, const Insistence& seen);
  // The next step from where the models stand so, in grey levels a value of the image.
  void draw(const Insistence& at, Rng& rng, std::vector<int>& change);
  void lengthen();
  void shorten();
  [[nodiscard]] bool worn_out() const;

 private:
  enum Output : std::size_t { kSum, kLean };
  void draw_slope(Output output, Rng& rng, std::vector<float>& slope);
  [[nodiscard]] double share_of_lean(const Insistence& at);

  Shape shape_;
  SlopePrior prior_;
  SlopeModel model_;
  Input anchor_;
  bool anchored_ = false;
  Insistence at_anchor_;
  double length_ = 0;  // L2, on [0, 1] pixel values
  std::vector<float> up_, lean_;
};

}  // namespace dflare

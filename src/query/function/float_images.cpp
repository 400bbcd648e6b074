// Images as numbers, for models that are asked by code of a caller's own.
#include "dflare/float_images.h"

#include "query/fill.h"

namespace dflare {

struct FloatImages::State {
  Layout layout;
  std::size_t values;  // an image
  Filler filler;
};

FloatImages::FloatImages(Shape shape, const Preprocess& preprocess, Layout usual) {
  const Layout layout = preprocess.layout.value_or(usual);
  state_ = std::make_unique<const State>(
      State{layout, shape.size(), Filler(shape, layout, preprocess, ElementType::kFloat32, {})});
}

FloatImages::~FloatImages() = default;

void FloatImages::write(std::span<const InputView> images, std::span<float> out) const {
  for (std::size_t i = 0; i < images.size(); ++i) {
    state_->filler.fill(images[i], std::as_writable_bytes(out.subspan(i * state_->values, state_->values)).data());
  }
}

Layout FloatImages::layout() const { return state_->layout; }
InputLevels FloatImages::levels() const { return state_->filler.levels(); }

}  // namespace dflare

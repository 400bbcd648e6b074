// Images as numbers, for models that are asked by code of a caller's own.
#pragma once

#include <memory>
#include <span>

#include "dflare/input.h"
#include "dflare/model.h"
#include "dflare/preprocess.h"

namespace dflare {

// What preprocessing makes of images: the float32 values that a runtime's input tensor would hold, bit for bit.
class FloatImages {
 public:
  // Laid out as preprocess.layout says, else as `usual`.
  FloatImages(Shape shape, const Preprocess& preprocess, Layout usual);
  ~FloatImages();
  FloatImages(const FloatImages&) = delete;
  FloatImages& operator=(const FloatImages&) = delete;

  // Writes images, each of the shape, one after another; `out` has room for shape.size() floats an image. Several
  // threads may call it at once.
  void write(std::span<const InputView> images, std::span<float> out) const;
  [[nodiscard]] Layout layout() const;
  // What becomes of the grey levels, for ModelInfo::levels.
  [[nodiscard]] InputLevels levels() const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace dflare

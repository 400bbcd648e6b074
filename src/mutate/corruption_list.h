// What the natural corruptions of all kinds of inputs share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/corruptions.h"

namespace dflare {

using CorruptionList = std::vector<std::unique_ptr<const Corruption>>;

// A corruption that is a plain function, its name and its words.
class CorruptionKind : public Corruption {
 public:
  using Apply = void (*)(InputView, double, std::uint64_t, std::span<std::uint8_t>);
  using Describe = std::string (*)(double, const Shape&);
  CorruptionKind(std::string_view name, Apply a, Describe d) : name_(name), apply_(a), describe_(d) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  void apply(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) const override {
    if (t <= 0)
      std::copy_n(in.data, out.size(), out.data());
    else
      apply_(in, t, key, out);
  }
  [[nodiscard]] std::string describe(double t, const Shape& shape) const override { return describe_(t, shape); }

 private:
  std::string_view name_;
  Apply apply_;
  Describe describe_;
};

// Those of arrays, in their order.
const CorruptionList& array_corruptions(bool series);
// And those of texts and of sounds.
const CorruptionList& text_corruptions();
const CorruptionList& sound_corruptions();

}  // namespace dflare

// From u8 pixels straight into a model's input tensor: preprocessing, layout and quantisation in one table look-up.
// Numbers of arrays are worked out one by one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "dflare/input.h"
#include "dflare/model.h"
#include "dflare/preprocess.h"
#include "query/element.h"

namespace dflare {

// Rows asked at once where nobody reserved more.
inline constexpr std::size_t kUsualRows = 64;

// What a pixel's value can become is settled on opening: 256 values a channel, already in the tensor's own type.
class Filler {
 public:
  Filler(Shape shape, Layout layout, const Preprocess& preprocess, ElementType type, const Quantisation& quantisation);

  // Writes one input, which has the model's shape, to row_bytes() bytes at `row` (aligned to the element).
  void fill(InputView image, std::byte* row) const;

  // Writes all of them from `to` on, and fills up to `rows` by copies of the last one: the answers to a query depend on
  // it alone, even if a model mixes its rows.
  void fill_rows(std::span<const InputView> inputs, std::size_t rows, std::byte* to) const;

  // What becomes of the grey levels.
  [[nodiscard]] const InputLevels& levels() const { return levels_; }

  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }

 private:
  void fill_numbers(InputView array, std::byte* row) const;

  template <class T>
  using Tables = std::array<std::array<T, 256>, 3>;  // by the image's channel

  Preprocess preprocess_;
  ElementType type_;
  Quantisation stored_;
  Layout layout_;
  bool swap_;  // the tensor holds B, G, R
  std::size_t row_bytes_;
  InputLevels levels_;
  std::variant<Tables<std::uint32_t>, Tables<std::uint16_t>, Tables<std::uint8_t>> tables_;
};

}  // namespace dflare

// The loops that move pixels into tensors.
#include "query/fill.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/array_values.h"

namespace dflare {
namespace {

template <class T>
using Table = std::array<T, 256>;

// The value that the tensor is to hold for a grey level; in single precision throughout, as NumPy computes
// (x.astype(float32) / scale - mean) / std.
float value_of(std::size_t level, std::size_t channel, const Preprocess& preprocess, ElementType type) {
  const auto pixel = static_cast<float>(level);
  if (preprocess.values == PixelValues::kBytes) return type == ElementType::kInt8 ? pixel - 128 : pixel;
  return (pixel / preprocess.scale - preprocess.mean[channel]) / preprocess.std[channel];
}

// How many grey levels a channel keeps apart.
int distinct_levels(std::size_t channel, const Preprocess& preprocess, ElementType type, const Quantisation& stored,
                    Rounding rounding) {
  std::set<std::uint32_t> values;
  for (std::size_t level = 0; level < 256; ++level) {
    values.insert(encode(value_of(level, channel, preprocess, type), type, stored, rounding));
  }
  return static_cast<int>(values.size());
}

InputLevels levels_of(std::size_t channel, const Preprocess& preprocess, ElementType type, const Quantisation& stored) {
  InputLevels levels;
  levels.distinct = distinct_levels(channel, preprocess, type, stored, preprocess.rounding);
  levels.most = levels.distinct;
  for (const Rounding rounding : {Rounding::kEven, Rounding::kAway, Rounding::kTruncate}) {
    levels.most = std::max(levels.most, distinct_levels(channel, preprocess, type, stored, rounding));
  }
  int clipped = 0;
  for (std::size_t level = 0; level < 256; ++level) {
    clipped += clips(value_of(level, channel, preprocess, type), type, stored) ? 1 : 0;
  }
  levels.clipped = clipped / 256.0;
  return levels;
}

template <class T>
void fill_grey(const std::uint8_t* in, std::size_t pixels, const Table<T>& table, T* out) {
  for (std::size_t i = 0; i < pixels; ++i) out[i] = table[in[i]];
}

// a, c: the channels of the image that come first and third in the tensor.
template <class T>
void fill_planes(const std::uint8_t* in, std::size_t pixels, const std::array<Table<T>, 3>& tables, std::size_t a,
                 std::size_t c, T* out) {
  for (std::size_t i = 0; i < pixels; ++i, in += 3) {
    out[i] = tables[a][in[a]];
    out[pixels + i] = tables[1][in[1]];
    out[2 * pixels + i] = tables[c][in[c]];
  }
}

template <class T>
void fill_interleaved(const std::uint8_t* in, std::size_t pixels, const std::array<Table<T>, 3>& tables, std::size_t a,
                      std::size_t c, T* out) {
  for (std::size_t i = 0; i < pixels; ++i, in += 3, out += 3) {
    out[0] = tables[a][in[a]];
    out[1] = tables[1][in[1]];
    out[2] = tables[c][in[c]];
  }
}

}  // namespace

Filler::Filler(Shape shape, Layout layout, const Preprocess& preprocess, ElementType type,
               const Quantisation& quantisation)
    : preprocess_(preprocess),
      type_(type),
      // Bytes are what is stored: no scale stands between.
      stored_(preprocess.values == PixelValues::kBytes ? Quantisation{} : quantisation),
      layout_(layout),
      swap_(preprocess.order == ChannelOrder::kBgr && shape.channels == 3),
      row_bytes_(shape.size() * size_of(type)) {
  switch (size_of(type)) {
    case 4:
      tables_.emplace<Tables<std::uint32_t>>();
      break;
    case 2:
      tables_.emplace<Tables<std::uint16_t>>();
      break;
    default:
      tables_.emplace<Tables<std::uint8_t>>();
      break;
  }
  std::visit(
      [&]<class T>(std::array<Table<T>, 3>& tables) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
          for (std::size_t level = 0; level < 256; ++level) {
            const float value = value_of(level, channel, preprocess, type);
            tables[channel][level] = static_cast<T>(encode(value, type, stored_, preprocess.rounding));
          }
        }
      },
      tables_);
  for (std::size_t channel = 0; channel < (shape.channels == 3 ? 3 : 1); ++channel) {
    const InputLevels levels = levels_of(channel, preprocess, type, stored_);
    if (channel == 0 || levels.distinct < levels_.distinct) {
      levels_.distinct = levels.distinct;
      levels_.most = levels.most;
    }
    levels_.clipped = std::max(levels_.clipped, levels.clipped);
  }
}

// In double precision, rounded once.
void Filler::fill_numbers(InputView array, std::byte* row) const {
  const bool as_stored = preprocess_.values == PixelValues::kBytes;
  const std::size_t width = size_of(type_);
  for (const float number : array.numbers()) {
    const double scaled = (number / static_cast<double>(preprocess_.scale) - preprocess_.mean[0]) / preprocess_.std[0];
    const std::uint32_t bits =
        encode(as_stored ? number : static_cast<float>(scaled), type_, stored_, preprocess_.rounding);
    std::memcpy(row, &bits, width);
    row += width;
  }
}

void Filler::fill_rows(std::span<const InputView> inputs, std::size_t rows, std::byte* to) const {
  for (std::size_t row = 0; row < inputs.size(); ++row) fill(inputs[row], to + row * row_bytes_);
  for (std::size_t row = inputs.size(); row < rows; ++row) {
    std::memcpy(to + row * row_bytes_, to + (inputs.size() - 1) * row_bytes_, row_bytes_);
  }
}

void Filler::fill(InputView image, std::byte* row) const {
  if (is_array(image.shape)) return fill_numbers(image, row);
  const std::size_t pixels = static_cast<std::size_t>(image.shape.height) * static_cast<std::size_t>(image.shape.width);
  const std::size_t first = swap_ ? 2 : 0;
  std::visit(
      [&]<class T>(const std::array<Table<T>, 3>& tables) {
        auto* out = reinterpret_cast<T*>(row);
        if (image.shape.channels == 1) {
          fill_grey(image.data, pixels, tables[0], out);
        } else if (layout_ == Layout::kNchw) {
          fill_planes(image.data, pixels, tables, first, 2 - first, out);
        } else {
          fill_interleaved(image.data, pixels, tables, first, 2 - first, out);
        }
      },
      tables_);
}

}  // namespace dflare

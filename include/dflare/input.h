// What travels: images as a file holds them, u8 H x W x C, before any preprocessing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dflare {

// Height, width and channels (1 grey, 3 RGB) of an image.
struct Shape {
  int height = 0;
  int width = 0;
  int channels = 0;

  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
  bool operator==(const Shape&) const = default;
};

// A borrowed image: rows from the top, channels interleaved as R, G, B. Owns nothing.
struct InputView {
  Shape shape;
  const std::uint8_t* data = nullptr;

  [[nodiscard]] std::span<const std::uint8_t> pixels() const { return {data, shape.size()}; }
};

// An owned image.
struct Input {
  Shape shape;
  std::vector<std::uint8_t> pixels;

  Input() = default;
  explicit Input(Shape s) : shape(s), pixels(s.size()) {}
  explicit Input(InputView v) : shape(v.shape), pixels(v.pixels().begin(), v.pixels().end()) {}

  [[nodiscard]] InputView view() const { return {shape, pixels.data()}; }
  // Copies the pixels; allocates only when the image is larger than any before.
  void assign(InputView v) {
    shape = v.shape;
    pixels.assign(v.data, v.data + v.shape.size());
  }
  bool operator==(const Input&) const = default;
};

// Images of one shape that are queried together. Rows live in one block that is allocated once and reused; a view of a
// row stays valid until clear().
class Batch {
 public:
  Batch(Shape shape, std::size_t capacity) : shape_(shape), pixels_(shape.size() * capacity) {
    views_.reserve(capacity);
  }

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size() const { return views_.size(); }
  [[nodiscard]] std::size_t capacity() const { return shape_.size() == 0 ? 0 : pixels_.size() / shape_.size(); }
  [[nodiscard]] std::size_t room() const { return capacity() - size(); }

  // A new row to be filled by the caller, who has checked room().
  std::span<std::uint8_t> append() {
    std::uint8_t* row = pixels_.data() + views_.size() * shape_.size();
    views_.push_back({shape_, row});
    return {row, shape_.size()};
  }
  // A row that was appended, to be changed in place.
  std::span<std::uint8_t> row(std::size_t i) { return {pixels_.data() + i * shape_.size(), shape_.size()}; }
  [[nodiscard]] InputView operator[](std::size_t row) const { return views_[row]; }
  [[nodiscard]] std::span<const InputView> views() const { return views_; }
  void clear() { views_.clear(); }

 private:
  Shape shape_;
  std::vector<std::uint8_t> pixels_;
  std::vector<InputView> views_;
};

}  // namespace dflare

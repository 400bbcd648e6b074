// What travels: images as a file holds them, u8 H x W x C, before any preprocessing; arrays of numbers; texts; sounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

enum class InputKind {
  kImage,  // u8 pixels
  kArray,  // float32 numbers of any rank: features, sensors, key points, tables
  kText,   // UTF-8
  kAudio,  // a sound: mono, samples of 16 bits
};

// What a run's inputs are made of where they are no images: of arrays what their numbers are; of texts `kind` says it
// all, of sounds that and `rate`. Immutable once made.
struct ArrayForm {
  InputKind kind = InputKind::kArray;
  std::vector<std::size_t> dims;  // of one array, as its file has them
  std::string dtype;    // of the file, and of what is stored: "f4", or of integers "u1", "i1", "u2", "i2", "i4"
  bool whole = false;   // integers: whatever is written is rounded
  bool series = false;  // its rows follow each other in time: Shape::height is more than 1
  int rate = 0;         // of sounds: samples a second, 1 or more
  std::vector<float> low, high;  // least and largest of each number, low <= high; as many as an array has numbers

  // Of a number that may go nowhere, 1: its changes are 0 anyway.
  [[nodiscard]] float range(std::size_t i) const { return high[i] > low[i] ? high[i] - low[i] : 1.0F; }
};

// Height, width and channels (1 grey, 3 RGB) of an image; the axes of an array, which has fewer of them at 1 (a vector
// is 1 x N x 1, a series T x N x 1) and more of them multiplied up in the first. Of texts 1 x N x 1: the longest may be
// N bytes, and zero bytes fill up what is behind the end of a shorter one.
// Sounds are 1 x (4 + 2 N) x 1 bytes, N samples the longest (sound_shape): how many samples there are, as u32, then the
// samples, and zeros behind the end of a shorter one.
struct Shape {
  int height = 0;
  int width = 0;
  int channels = 0;
  const ArrayForm* form = nullptr;  // of what is no image, borrowed of the SeedSet that it comes from; null: an image

  // Numbers (pixel values, bytes of a text or a sound), and the bytes that hold them.
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
  [[nodiscard]] std::size_t bytes() const {
    return form == nullptr || form->kind != InputKind::kArray ? size() : size() * sizeof(float);
  }
  // Of the axes: a model does not know of any form.
  bool operator==(const Shape& other) const {
    return height == other.height && width == other.width && channels == other.channels;
  }
};

// A borrowed input: an image's rows from the top, channels interleaved as R, G, B; an array's numbers, the last axis
// fastest, as float32. Owns nothing.
struct InputView {
  Shape shape;
  const std::uint8_t* data = nullptr;

  // The bytes, of an array those of its numbers.
  [[nodiscard]] std::span<const std::uint8_t> pixels() const { return {data, shape.bytes()}; }
  // Of an array.
  [[nodiscard]] std::span<const float> numbers() const { return {reinterpret_cast<const float*>(data), shape.size()}; }
  // Of a text: as far as it goes.
  [[nodiscard]] std::string_view text() const {
    const std::string_view all(reinterpret_cast<const char*>(data), shape.size());
    return all.substr(0, all.find('\0'));
  }
  // Of a sound: as far as it goes. Rows begin at even addresses.
  [[nodiscard]] std::span<const std::int16_t> samples() const {
    std::uint32_t count = 0;
    std::memcpy(&count, data, sizeof count);
    return {reinterpret_cast<const std::int16_t*>(data + sizeof count), count};
  }
};

// What holds sounds of up to that many samples.
inline Shape sound_shape(int samples) { return {1, 4 + 2 * samples, 1}; }
// And how many those are.
inline std::size_t samples_of(const Shape& sounds) { return (sounds.size() - 4) / 2; }

// An owned input.
struct Input {
  Shape shape;
  std::vector<std::uint8_t> pixels;  // as InputView::pixels()

  Input() = default;
  explicit Input(Shape s) : shape(s), pixels(s.bytes()) {}
  explicit Input(InputView v) : shape(v.shape), pixels(v.pixels().begin(), v.pixels().end()) {}

  [[nodiscard]] InputView view() const { return {shape, pixels.data()}; }
  // Copies the pixels; allocates only when the input is larger than any before.
  void assign(InputView v) {
    shape = v.shape;
    pixels.assign(v.data, v.data + v.shape.bytes());
  }
  bool operator==(const Input&) const = default;
};

// Inputs of one shape that are queried together. Rows live in one block that is allocated once and reused; a view of a
// row stays valid until clear().
class Batch {
 public:
  Batch(Shape shape, std::size_t capacity) : shape_(shape), pixels_(shape.bytes() * capacity) {
    views_.reserve(capacity);
  }

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size() const { return views_.size(); }
  [[nodiscard]] std::size_t capacity() const { return shape_.size() == 0 ? 0 : pixels_.size() / shape_.bytes(); }
  [[nodiscard]] std::size_t room() const { return capacity() - size(); }

  // A new row to be filled by the caller, who has checked room().
  std::span<std::uint8_t> append() {
    std::uint8_t* row = pixels_.data() + views_.size() * shape_.bytes();
    views_.push_back({shape_, row});
    return {row, shape_.bytes()};
  }
  // A row that was appended, to be changed in place.
  std::span<std::uint8_t> row(std::size_t i) { return {pixels_.data() + i * shape_.bytes(), shape_.bytes()}; }
  [[nodiscard]] InputView operator[](std::size_t row) const { return views_[row]; }
  [[nodiscard]] std::span<const InputView> views() const { return views_; }
  void clear() { views_.clear(); }

 private:
  Shape shape_;
  std::vector<std::uint8_t> pixels_;
  std::vector<InputView> views_;
};

}  // namespace dflare

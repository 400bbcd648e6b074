// Two multiplicative hashes, side by side.
#include "core/image_key.h"

#include <algorithm>
#include <cstring>

namespace dflare {
namespace {

// Each step is one to one in h, so that two images of one shape that differ in a word leave it with different values.
std::uint64_t mixed(std::uint64_t h, std::uint64_t word, std::uint64_t odd) {
  h = (h ^ word) * odd;
  return h ^ (h >> 29U);
}

}  // namespace

ImageKey key_of(InputView image) {
  ImageKey key{0x243f6a8885a308d3, 0x13198a2e03707344};
  const std::span<const std::uint8_t> bytes = image.pixels();
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    key.a = mixed(key.a, word, 0x9e3779b97f4a7c15);
    key.b = mixed(key.b, word, 0xd1342543de82ef95);
  }
  return key;
}

}  // namespace dflare

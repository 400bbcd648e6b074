// Images known again by their bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dflare/input.h"

namespace dflare {

// 128 bits of an image's bytes. Images of one shape that differ have different keys but for a chance of 2^-100 or so.
struct ImageKey {
  std::uint64_t a = 0, b = 0;
  bool operator==(const ImageKey&) const = default;
};

struct HashOfImageKey {
  std::size_t operator()(const ImageKey& key) const { return key.a; }
};

ImageKey key_of(InputView image);

}  // namespace dflare

// Any bytes are an image below the cap or an error; an image written as PNG is read back as it was.
#include <cstdlib>
#include <vector>

#include "dflare/error.h"
#include "dflare/seeds.h"

namespace {
constexpr std::size_t kMaxPixels = 1U << 16U;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dflare::Input image;
  try {
    image = dflare::decode_image({data, size}, "fuzz", {.max_pixels = kMaxPixels});
  } catch (const dflare::Error&) {
    return 0;
  }
  if (image.pixels.size() > 3 * kMaxPixels) std::abort();
  std::vector<std::uint8_t> png;
  dflare::encode_png(image.view(), png);
  if (dflare::decode_image(png, "again") != image) std::abort();
  return 0;
}

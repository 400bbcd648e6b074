// Any bytes are an .npy array or an error, and an array holds what its shape says.
#include <cstdlib>

#include "dflare/error.h"
#include "dflare/seeds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const dflare::NpyArray array = dflare::parse_npy({data, size}, "fuzz");
    std::size_t elements = 1;
    for (const std::size_t n : array.shape) elements *= n;
    if (elements * static_cast<std::size_t>(array.dtype.back() - '0') != array.bytes.size()) std::abort();
  } catch (const dflare::Error&) {
    return 0;
  }
  return 0;
}

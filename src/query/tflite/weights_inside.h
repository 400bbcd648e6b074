// TensorFlow Lite models whose weights lie outside the flatbuffer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dflare::tflite {

// Newer converters put large weights behind the flatbuffer, which many libraries cannot read. Brings them inside, so
// that any can. Leaves a model without such weights as it is, and one whose tables are damaged: the runtime refuses it.
// Throws kBadInput naming `path` when weights lie beyond the end of the file, or the whole is larger than a flatbuffer
// can be (2 GiB).
void bring_weights_inside(const std::string& path, std::vector<std::uint8_t>& model);

}  // namespace dflare::tflite

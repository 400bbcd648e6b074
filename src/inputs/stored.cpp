// What a run stores of an input, by its kind: images as PNG, arrays as .npy, texts as their bytes, sounds as
// FLAC.
#include "core/array_values.h"
#include "dflare/seeds.h"
#include "inputs/arrays.h"
#include "inputs/sounds.h"
#include "inputs/texts.h"

namespace dflare {

void encode_input(InputView input, std::vector<std::uint8_t>& bytes) {
  if (is_text(input.shape))
    encode_text(input, bytes);
  else if (is_sound(input.shape))
    encode_sound(input, bytes);
  else if (is_array(input.shape))
    encode_array(input, bytes);
  else
    encode_png(input, bytes);
}

Input decode_input(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like) {
  if (is_text(like)) return decode_text(bytes, name, like);
  if (is_sound(like)) return decode_sound(bytes, name, like);
  return is_array(like) ? decode_array(bytes, name, like) : decode_image(bytes, name);
}

}  // namespace dflare

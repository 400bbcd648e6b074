// Pictures of one shape, packed into lossless WebP images.
#pragma once

#include <functional>

#include "dflare/run_page.h"

namespace dflare {

// Draws picture `number` as grey or RGB. Asked from several threads at once.
using DrawPicture = std::function<Input(std::size_t number)>;

// Packs `count` pictures, into `bytes` if that can be done: quickly where there is room, and as well as needed where
// there is little. Throws what `draw` throws, and kBadInput for a shape that WebP has no room for.
PagePictures packed(const Shape& shape, std::size_t count, const DrawPicture& draw, std::size_t bytes);

// Whether WebP has room for a picture of that shape.
bool can_be_packed(const Shape& shape);

}  // namespace dflare

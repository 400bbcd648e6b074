// Constructors of the refiners, one file each.
#pragma once

#include <memory>

#include "dflare/strategy.h"

namespace dflare {

std::unique_ptr<Refiner> make_climb();
std::unique_ptr<Refiner> make_pixel_climb();
std::unique_ptr<Refiner> make_shrink();

}  // namespace dflare

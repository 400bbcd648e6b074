// --natural-box: how far natural changes may go, by name or from a file.
#pragma once

#include <string>

#include "dflare/natural_change.h"

namespace dflare {

// `text`: mild, default or harsh; numbers by name with commas between, "rotate=15,light=40"; or the path of a TOML file
// with such names as keys. Kinds that are not named stay as they are. Throws kBadInput for a file that cannot be read
// or is not TOML, kBadArgument for an unknown name and for numbers out of range.
NaturalBox natural_box_of(const std::string& text);

// The same without a file: what a run records.
std::string natural_box_text(const std::string& text);

}  // namespace dflare

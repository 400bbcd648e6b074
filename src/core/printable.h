// Text from outside, made fit to be read: names of files, tensors and operators, labels, what a runtime says.
#pragma once

#include <string>
#include <string_view>

namespace dflare {

// Length in bytes of the well-formed UTF-8 character that `text` begins with; 0 where it begins with none.
std::size_t utf8_length(std::string_view text);

// The text with whatever a terminal or a reader could mistake for something else written as \n, \t, \xNN (a byte) or
// \u{NNNN}: control characters, bytes that are not UTF-8, characters that turn the direction of writing or end a line.
// Everything else stays as it is; what is printable already stays the same.
std::string printable(std::string_view text);

}  // namespace dflare

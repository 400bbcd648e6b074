// What standard error and standard output are, and how to write to them.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

#include "core/figures.h"  // grouped() for all who print

namespace dflare::cli {

bool is_terminal(std::FILE* stream);
// A terminal that may be coloured: NO_COLOR is not set and TERM is not "dumb".
bool has_colour(std::FILE* stream);
// Columns of the terminal on standard error; 80 when unknown.
std::size_t terminal_width();

enum class Style { kBold, kDim, kRed, kGreen, kYellow };
// The text in that style, if `stream` has colours.
std::string styled(std::FILE* stream, Style style, const std::string& text);

// "0:42", "12:05", "3:10:00"
std::string clock_time(double seconds);

}  // namespace dflare::cli

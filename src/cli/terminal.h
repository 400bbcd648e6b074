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
// Columns that text on the stream should fit into: the terminal's, at most 100; 100 where there is none.
std::size_t text_width(std::FILE* stream);
// Columns that a table on the stream should fit into: the terminal's; without limit where there is none.
std::size_t table_width(std::FILE* stream);
// Of UTF-8 text, a column a character.
std::size_t columns(const std::string& text);
// The text as lines of at most `width` columns, each after `indent` spaces. Words longer than that stand alone.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width);

enum class Style { kBold, kDim, kRed, kGreen, kYellow };
// The text in that style, if `stream` has colours.
std::string styled(std::FILE* stream, Style style, const std::string& text);

// "0:42", "12:05", "3:10:00"
std::string clock_time(double seconds);

}  // namespace dflare::cli

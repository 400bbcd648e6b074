// Everything that the command prints goes through here, to standard output or standard error.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "core/figures.h"  // grouped() for all who print
#include "core/text.h"

namespace dflare::cli {

bool is_terminal(std::FILE* stream);
// A terminal that may be coloured: NO_COLOR is not set and TERM is not "dumb".
bool has_colour(std::FILE* stream);
// Columns of the terminal on standard error; 80 when unknown.
std::size_t terminal_width();
// What text on the stream is laid out for: the terminal's columns, without limit where there is none.
TextStyle style_of(std::FILE* stream);
// The text marked to be shown in that way, if `stream` has colours. For say() alone.
inline std::string styled(std::FILE* stream, Style way, const std::string& text) {
  return styled(TextStyle{.colours = has_colour(stream)}, way, text);
}

// Writes text that is fit to be read, as it is: help, JSON, reports. When standard error cannot be written any more (a
// terminal that is gone, a full disk), that is nobody's loss and ignored; when standard output cannot, finish_output()
// tells.
void put(std::FILE* stream, std::string_view text);
// Sends on what is still held back.
void flush(std::FILE* stream);
// Throws kCannotWrite if anything put to standard output did not get there.
void finish_output();

// Writes what filled() makes of its arguments. What is filled in may come from anywhere; the format itself is ours.
template <class... Args>
void say(std::FILE* stream, fmt::format_string<Args...> format, Args&&... args) {
  put(stream, filled<Args...>(format, std::forward<Args>(args)...));
}
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say(stdout, format, std::forward<Args>(args)...);
}

// Takes away what was drawn: the line that the cursor is in, or the `lines` above it too.
void erase_line(std::FILE* stream);
void erase_lines(std::FILE* stream, int lines);

// "0:42", "12:05", "3:10:00"
std::string clock_time(double seconds);

}  // namespace dflare::cli

// Everything that the command prints goes through here, to standard output or standard error.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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
// The text marked to be shown in that style, if `stream` has colours. For say() alone.
std::string styled(std::FILE* stream, Style style, const std::string& text);

// Text as say() prints it: marks of styled() become colours, whatever else is not printable is escaped.
std::string shown(std::string_view text);

// Writes text of our own, as it is: help, JSON. When standard error cannot be written any more (a terminal that is
// gone, a full disk), that is nobody's loss and ignored; when standard output cannot, finish_output() tells.
void put(std::FILE* stream, std::string_view text);
// Sends on what is still held back.
void flush(std::FILE* stream);
// Throws kCannotWrite if anything put to standard output did not get there.
void finish_output();

// What is filled into a format: text is made printable, all else stays.
template <class Value>
decltype(auto) fillable(Value&& value) {
  if constexpr (std::is_convertible_v<Value, std::string_view>) {
    return shown(std::forward<Value>(value));
  } else {
    return std::forward<Value>(value);
  }
}

// Formats as fmt does and writes as put() does. What is filled in may come from anywhere; the format itself is ours.
template <class... Args>
void say(std::FILE* stream, fmt::format_string<Args...> format, Args&&... args) {
  put(stream, fmt::format(fmt::runtime(fmt::string_view(format)), fillable(std::forward<Args>(args))...));
}
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say(stdout, format, std::forward<Args>(args)...);
}

// Text of several lines that was put together by us (wrapped()), each as say() prints it.
void say_lines(std::FILE* stream, std::string_view text);

// Takes away what was drawn: the line that the cursor is in, or the `lines` above it too.
void erase_line(std::FILE* stream);
void erase_lines(std::FILE* stream, int lines);

// "0:42", "12:05", "3:10:00"
std::string clock_time(double seconds);

}  // namespace dflare::cli

// Text for people: what is filled in made printable, marks that become colours, lines that fit.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "dflare/text_style.h"

namespace dflare {

// Of UTF-8 text, a column a character.
std::size_t columns(const std::string& text);
// The text as lines of at most `width` columns, each after `indent` spaces. Words longer than that stand alone.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width);

enum class Style { kBold, kDim, kRed, kGreen, kYellow };
// The text marked to be shown in that way, if the style has colours. For what goes through shown() afterwards.
std::string styled(const TextStyle& style, Style way, const std::string& text);

// Text as it is to be read: marks become colours, whatever else is not printable is escaped.
std::string shown(std::string_view text);
// The same of several lines that were put together by us (wrapped()): their ends stay.
std::string shown_lines(std::string_view text);

// What is filled into a format: text is shown(), all else stays.
template <class Value>
decltype(auto) fillable(Value&& value) {
  if constexpr (std::is_convertible_v<Value, std::string_view>) {
    return shown(std::forward<Value>(value));
  } else {
    return std::forward<Value>(value);
  }
}

// Formats as fmt does. What is filled in may come from anywhere; the format itself is ours.
template <class... Args>
std::string filled(fmt::format_string<Args...> format, Args&&... args) {
  return fmt::format(fmt::runtime(fmt::string_view(format)), fillable(std::forward<Args>(args))...);
}

}  // namespace dflare

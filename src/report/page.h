// A report in words, put together line by line.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/text.h"

namespace dflare {

class Page {
 public:
  explicit Page(const TextStyle& style) : style_(style) {}

  // Adds what filled() makes of its arguments.
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    text_ += filled<Args...>(format, std::forward<Args>(args)...);
  }
  // Adds shown_lines().
  void say_lines(std::string_view lines) { text_ += shown_lines(lines); }
  // Adds a line: the name, bold and so many columns wide, and what there is to say of it.
  void row(const std::string& name, std::size_t width, const std::string& value) {
    say("  {}{}\n", styled(Style::kBold, fmt::format("{:<{}}", name, width)), value);
  }

  // For what is filled in.
  [[nodiscard]] std::string styled(Style way, const std::string& text) const {
    return dflare::styled(style_, way, text);
  }
  [[nodiscard]] const TextStyle& style() const { return style_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  TextStyle style_;
  std::string text_;
};

}  // namespace dflare

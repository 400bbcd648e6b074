// What a report in words is laid out for: a terminal, a file, a page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace dflare {

struct TextStyle {
  bool colours = false;                     // by ANSI escape sequences
  std::size_t columns = std::string::npos;  // that tables stand in; npos: without limit

  // Columns that sentences are wrapped to: 40 to 100.
  [[nodiscard]] std::size_t text_width() const { return std::clamp<std::size_t>(columns, 40, 100); }
};

}  // namespace dflare

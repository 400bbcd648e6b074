// Text for people: what is filled in made printable, marks that become colours, lines that fit.
#include "core/text.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "core/printable.h"

namespace dflare {
namespace {

// styled() marks by characters that are none in Unicode: a name that holds one gets a colour, and no more.
constexpr std::array<std::string_view, 6> kMarks{"\xef\xb7\x90", "\xef\xb7\x91", "\xef\xb7\x92",
                                                 "\xef\xb7\x93", "\xef\xb7\x94", "\xef\xb7\x95"};
constexpr std::array<std::string_view, 6> kCodes{"\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"};

}  // namespace

std::size_t columns(const std::string& text) {
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string out;
  std::string line(indent, ' ');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() > indent && columns(line) + columns(word) + 1 > width) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    if (line.size() > indent) line += ' ';
    line += word;
  }
  return out + line + "\n";
}

std::string styled(const TextStyle& style, Style way, const std::string& text) {
  if (!style.colours) return text;
  return fmt::format("{}{}{}", kMarks[static_cast<std::size_t>(way)], text, kMarks.back());
}

std::string shown(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kMarks[0].substr(0, 2)), text.size());
    all += printable(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    const auto* const mark = std::find(kMarks.begin(), kMarks.end(), text.substr(0, 3));
    const std::size_t length = std::max<std::size_t>(1, utf8_length(text));
    all += mark == kMarks.end() ? printable(text.substr(0, length))
                                : std::string(kCodes[static_cast<std::size_t>(mark - kMarks.begin())]);
    text.remove_prefix(length);
  }
  return all;
}

std::string shown_lines(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    all += shown(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

}  // namespace dflare

// What stands in a page, unpacked as report/src/seven_bits.ts does.
#pragma once

#include <zlib.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace dflare::test {

inline std::vector<std::uint8_t> bytes_of_text(const std::string& text, std::size_t size) {
  std::vector<std::uint8_t> bytes;
  unsigned held = 0;
  int bits = 0;
  const auto push = [&](unsigned seven) {
    held = (held << 7U | seven) & 0x7FFFU;
    bits += 7;
    if (bits < 8) return;
    bits -= 8;
    if (bytes.size() < size) bytes.push_back(static_cast<std::uint8_t>(held >> static_cast<unsigned>(bits)));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      push(c);
      continue;
    }
    const unsigned pair = ((c & 0x1FU) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU)) - 0x100;
    push(std::vector<unsigned>{0, '\r', '<'}[pair / 128]);
    push(pair % 128);
  }
  return bytes;
}

// Runs, profiles and comparisons of a page.
inline nlohmann::json data_of(const std::string& html) {
  const std::string open = R"(id="data" data-bytes=")";
  const std::size_t number = html.find(open) + open.size();
  const std::size_t begin = html.find('>', number) + 1;
  const std::size_t size = std::stoul(html.substr(number));
  const auto packed = bytes_of_text(html.substr(begin, html.find("</script>", begin) - begin), size);
  std::string text(100 * packed.size() + 1000, '\0');
  uLongf length = text.size();
  if (uncompress(reinterpret_cast<Bytef*>(text.data()), &length, packed.data(), packed.size()) != Z_OK)
    throw std::runtime_error("the page's data cannot be unpacked");
  return nlohmann::json::parse(text.substr(0, length));
}

}  // namespace dflare::test

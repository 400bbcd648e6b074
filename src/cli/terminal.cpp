// Everything that the command prints goes through here.
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "core/printable.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kTextWidth = 100;
constexpr std::size_t kNarrowest = 40;

// styled() marks by characters that are none in Unicode: a name that holds one gets a colour, and no more.
constexpr std::array<std::string_view, 6> kMarks{"\xef\xb7\x90", "\xef\xb7\x91", "\xef\xb7\x92",
                                                 "\xef\xb7\x93", "\xef\xb7\x94", "\xef\xb7\x95"};
constexpr std::array<std::string_view, 6> kCodes{"\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"};

std::atomic<int> output_failed{0};  // errno of the first failure of standard output

void note_failure(std::FILE* stream) {
  const int reason = errno != 0 ? errno : EIO;
  std::clearerr(stream);
  int none = 0;
  if (stream == stdout) output_failed.compare_exchange_strong(none, reason);
}

}  // namespace

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

bool has_colour(std::FILE* stream) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  return wanted && term != nullptr && std::string_view(term) != "dumb" && is_terminal(stream);
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::size_t text_width(std::FILE* stream) { return std::clamp(table_width(stream), kNarrowest, kTextWidth); }

std::size_t table_width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::string::npos;
  return size.ws_col;
}

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

std::string styled(std::FILE* stream, Style style, const std::string& text) {
  if (!has_colour(stream)) return text;
  return fmt::format("{}{}{}", kMarks[static_cast<std::size_t>(style)], text, kMarks.back());
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

void put(std::FILE* stream, std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) note_failure(stream);
}

void say_lines(std::FILE* stream, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    say(stream, "{}\n", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void flush(std::FILE* stream) {
  errno = 0;
  if (std::fflush(stream) != 0) note_failure(stream);
}

void finish_output() {
  flush(stdout);
  const int reason = output_failed.exchange(0);
  if (reason == 0) return;
  throw Error(ErrorCode::kCannotWrite, fmt::format("standard output: {}", std::strerror(reason)),
              "what was printed is not complete: send it to where there is room");
}

void erase_line(std::FILE* stream) { put(stream, "\r\x1b[2K"); }

void erase_lines(std::FILE* stream, int lines) {
  for (int i = 0; i < lines; ++i) put(stream, "\x1b[1A\x1b[2K");
  put(stream, "\r");
}

std::string clock_time(double seconds) {
  const std::int64_t total = std::llround(seconds);
  const std::int64_t hours = total / 3600;
  const std::int64_t minutes = total / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

}  // namespace dflare::cli

// Everything that the command prints goes through here.
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "dflare/error.h"

namespace dflare::cli {
namespace {

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

TextStyle style_of(std::FILE* stream) {
  TextStyle style{.colours = has_colour(stream)};
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col != 0) style.columns = size.ws_col;
  return style;
}

void put(std::FILE* stream, std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) note_failure(stream);
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

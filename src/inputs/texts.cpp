// Lines and files of UTF-8 become seeds.
#include "inputs/texts.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "core/array_values.h"
#include "core/characters.h"
#include "core/files.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Why bytes are no text that a search can start from; empty where they are. Texts may grow: a sixteenth of the room,
// and what one edit may take at least, is left to that.
std::string problem_of(std::string_view text, std::size_t room) {
  const std::size_t most = room - std::max<std::size_t>(room / 16, 1);
  if (std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; })) return "empty";
  if (text.size() > most)
    return fmt::format("{} bytes long, expected at most {} of the {} that the models take", text.size(), most, room);
  const std::size_t bad = first_not_utf8(text);
  if (bad != std::string_view::npos) {
    return fmt::format("not UTF-8: byte {} is 0x{:02x}", bad, static_cast<std::uint8_t>(text[bad]));
  }
  const std::size_t zero = text.find('\0');
  if (zero != std::string_view::npos) return fmt::format("holds a zero byte at {}", zero);
  return {};
}

void fill(std::string_view text, const SeedOptions& options, Seed& seed) {
  Shape shape = options.shape;
  shape.form = text_form().get();
  seed.problem = problem_of(text, shape.size());
  if (!seed.problem.empty()) return;
  seed.input = Input(shape);
  std::ranges::copy(text, seed.input.pixels.begin());
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace

std::shared_ptr<const ArrayForm> text_form() {
  static const auto form = [] {
    auto made = std::make_shared<ArrayForm>();
    made->kind = InputKind::kText;
    return std::shared_ptr<const ArrayForm>(std::move(made));
  }();
  return form;
}

SeedSet load_lines(const std::filesystem::path& path, const SeedOptions& options) {
  const std::vector<std::uint8_t> bytes = read_file(path, kLargestFile);
  SeedSet set;
  set.path = path;
  set.form = text_form();
  std::string_view left = text_of(bytes);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    Seed& seed = set.seeds.emplace_back();
    seed.source = fmt::format("line {}", set.seeds.size());
    fill(without_line_end(left.substr(0, end)), options, seed);
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const auto usable = std::ranges::find(set.seeds, std::string(), &Seed::problem);
  if (usable != set.seeds.end()) return set;
  throw Error(ErrorCode::kBadInput,
              set.seeds.empty() ? fmt::format("{}: is empty", path.string())
                                : fmt::format("{}: none of its {} lines can be used; the first: {}", path.string(),
                                              set.seeds.size(), set.seeds[0].problem),
              "a text file holds one input a line, in UTF-8");
}

void read_text_file(const std::filesystem::path& file, const SeedOptions& options, Seed& seed) {
  try {
    const std::vector<std::uint8_t> bytes = read_file(file, kLargestFile);
    fill(without_line_end(text_of(bytes)), options, seed);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kBadInput) throw;
    seed.problem = "cannot be read";
  }
}

void encode_text(InputView input, std::vector<std::uint8_t>& bytes) {
  const std::string_view text = input.text();
  bytes.assign(text.begin(), text.end());
}

Input decode_text(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool is_text =
      !text.empty() && text.size() <= like.size() && first_not_utf8(text) == text.npos && text.find('\0') == text.npos;
  if (!is_text) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: no text of at most {} bytes of UTF-8", name, like.size()));
  }
  Input input(like);
  std::ranges::copy(bytes, input.pixels.begin());
  return input;
}

}  // namespace dflare

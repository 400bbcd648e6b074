// NumPy arrays: format 1.0 to 3.0, C order, little-endian.
#include "inputs/npy.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>

#include "core/files.h"
#include "dflare/error.h"
#include "dflare/seeds.h"

namespace dflare {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

[[noreturn]] void bad_array(const std::string& name, const std::string& why, const std::string& hint = {}) {
  throw Error(ErrorCode::kBadInput, name + ": " + why, hint);
}

// The Python dict literal of a header: {'descr': '|u1', 'fortran_order': False, 'shape': (60, 28, 28), }
class HeaderText {
 public:
  HeaderText(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !std::exchange(descr, true)) {
        read_dtype(header);
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        refuse_fortran_order();
      } else if (key == "shape" && !std::exchange(shape, true)) {
        header.shape = tuple();
      } else {
        malformed();
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty() || !descr || !order || !shape) malformed();
    return header;
  }

 private:
  [[noreturn]] void malformed() const { bad_array(name_, "malformed .npy header", "save it again with numpy.save"); }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size())); }

  bool take(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool take(char c) { return take(std::string_view(&c, 1)); }
  void expect(char c) {
    if (!take(c)) malformed();
  }

  std::string_view quoted() {
    skip_blanks();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) malformed();
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) malformed();
    const std::string_view word = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return word;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> values;
    expect('(');
    while (!take(')')) {
      skip_blanks();
      std::size_t value = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
      if (error != std::errc() || values.size() == 32) malformed();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      values.push_back(value);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }

  void refuse_fortran_order() {
    if (take("True")) bad_array(name_, "Fortran order, expected C order", "save numpy.ascontiguousarray(x)");
    if (!take("False")) malformed();
  }

  void read_dtype(NpyHeader& header) {
    skip_blanks();
    if (rest_.starts_with('[')) bad_array(name_, "a structured array, expected plain numbers");
    const std::string_view descr = quoted();
    if (descr.size() < 3 && descr != "|O") malformed();
    if (descr[0] == '>')
      bad_array(name_, "big-endian, expected little-endian", "save x.astype(x.dtype.newbyteorder('<'))");
    if (descr[0] != '<' && descr[0] != '|' && descr[0] != '=') malformed();
    header.dtype = descr.substr(1);
    header.element_size = size_of(header.dtype);
  }

  [[nodiscard]] std::size_t size_of(const std::string& dtype) const {
    constexpr std::string_view kKinds = "biuf";
    if (dtype[0] == 'O') {
      bad_array(name_, "an object array, expected plain numbers",
                "images of different sizes make one: save one array of one size, numpy.stack(images)");
    }
    const bool one_digit = dtype.size() == 2 && std::string_view("1248").find(dtype[1]) != std::string_view::npos;
    if (kKinds.find(dtype[0]) == std::string_view::npos || !one_digit) {
      bad_array(name_, "elements of type '" + dtype + "', expected integers or real numbers");
    }
    return static_cast<std::size_t>(dtype[1] - '0');
  }

  std::string_view rest_;
  const std::string& name_;
};

// Bytes of the elements, or nothing when no memory could hold them.
std::optional<std::size_t> data_size(const NpyHeader& header) {
  std::size_t size = header.element_size;
  for (const std::size_t n : header.shape) {
    if (__builtin_mul_overflow(size, n, &size)) return std::nullopt;
  }
  return size;
}

struct Frame {
  std::size_t text_offset;
  std::size_t text_size;
};

Frame read_frame(std::span<const std::uint8_t> start, const std::string& name) {
  if (start.size() < 10 || std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
    bad_array(name, "not an .npy array", "save it with numpy.save");
  }
  const int version = start[6];
  if (version < 1 || version > 3) bad_array(name, fmt::format(".npy format {}.{}, expected 1 to 3", version, start[7]));
  std::size_t size = start[8] + 256U * start[9];
  if (version == 1) return {10, size};
  if (start.size() < 12) bad_array(name, "the file ends early");
  size += (std::size_t{start[10]} << 16U) + (std::size_t{start[11]} << 24U);
  return {12, size};
}

std::string_view order_mark(std::string_view dtype) { return dtype.ends_with('1') ? "|" : "<"; }

}  // namespace

std::size_t NpyHeader::elements() const {
  return data_size(*this).value_or(0) / std::max<std::size_t>(1, element_size);
}

NpyHeader parse_npy_header(std::span<const std::uint8_t> start, std::size_t file_size, const std::string& name) {
  const Frame frame = read_frame(start, name);
  if (frame.text_size > start.size() - frame.text_offset) bad_array(name, "the file ends early");
  const auto text = start.subspan(frame.text_offset, frame.text_size);
  NpyHeader header = HeaderText({reinterpret_cast<const char*>(text.data()), text.size()}, name).parse();
  header.data_offset = frame.text_offset + frame.text_size;
  const std::size_t present = file_size - header.data_offset;
  if (const auto wanted = data_size(header); wanted != present) {
    bad_array(name, fmt::format("{} bytes of elements, expected {} for shape ({})", present,
                                wanted ? std::to_string(*wanted) : "far more", fmt::join(header.shape, ", ")));
  }
  return header;
}

NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name) {
  NpyHeader header = parse_npy_header(bytes, bytes.size(), name);
  const auto data = bytes.subspan(header.data_offset);
  return {std::move(header.dtype), std::move(header.shape), {data.begin(), data.end()}};
}

NpyArray read_npy(const std::filesystem::path& path) { return parse_npy(read_file(path), path.string()); }

std::string npy_header(std::string_view dtype, std::span<const std::size_t> shape) {
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}", order_mark(dtype),
                                 dtype, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  const std::size_t unpadded = kMagic.size() + 4 + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ').push_back('\n');
  std::string header(kMagic);
  header += {'\x01', '\x00', static_cast<char>(text.size() & 0xffU), static_cast<char>(text.size() >> 8U)};
  return header + text;
}

void write_npy(const std::filesystem::path& path, std::string_view dtype, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> bytes) {
  FileInTheMaking file(path);
  file.write(npy_header(dtype, shape));
  file.write(bytes.data(), bytes.size());
  file.finish();
}

}  // namespace dflare

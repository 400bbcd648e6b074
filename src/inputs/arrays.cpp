// Numbers of any NumPy type become float32; what is stored of them has the type they came in.
#include "inputs/arrays.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/array_values.h"
#include "core/shape_text.h"
#include "dflare/error.h"

namespace dflare {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr double kMostWhole = 16777216;  // 2^24: whole numbers up to here are exact as float32

template <class T>
double element_as(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

using ReadElement = double (*)(const std::uint8_t*);

// Null for types that are not read: half precision, complex.
ReadElement reader_of(std::string_view dtype) {
  if (dtype == "f4") return element_as<float>;
  if (dtype == "f8") return element_as<double>;
  if (dtype == "u1" || dtype == "b1") return element_as<std::uint8_t>;
  if (dtype == "i1") return element_as<std::int8_t>;
  if (dtype == "u2") return element_as<std::uint16_t>;
  if (dtype == "i2") return element_as<std::int16_t>;
  if (dtype == "u4") return element_as<std::uint32_t>;
  if (dtype == "i4") return element_as<std::int32_t>;
  if (dtype == "u8") return element_as<std::uint64_t>;
  if (dtype == "i8") return element_as<std::int64_t>;
  return nullptr;
}

// The type that such elements are stored as: the least that holds what float32 does.
std::string stored_type(std::string_view dtype) {
  if (dtype.starts_with('f')) return "f4";
  if (dtype == "b1") return "u1";
  return dtype.ends_with('1') || dtype.ends_with('2') ? std::string(dtype) : "i4";
}

template <class T>
void put(float value, std::uint8_t* to) {
  const T stored = static_cast<T>(value);
  std::memcpy(to, &stored, sizeof(T));
}

void put_as(std::string_view dtype, float value, std::uint8_t* to) {
  if (dtype == "f4") return put<float>(value, to);
  if (dtype == "u1") return put<std::uint8_t>(value, to);
  if (dtype == "i1") return put<std::int8_t>(value, to);
  if (dtype == "u2") return put<std::uint16_t>(value, to);
  if (dtype == "i2") return put<std::int16_t>(value, to);
  put<std::int32_t>(value, to);
}

std::size_t size_of_type(std::string_view dtype) { return static_cast<std::size_t>(dtype.back() - '0'); }

// Why a number cannot be taken; empty where it can.
std::string problem_of(double value, std::size_t at, bool whole) {
  if (std::isnan(value)) return fmt::format("holds NaN at element {}", at);
  if (std::isinf(value) || std::abs(value) > static_cast<double>(std::numeric_limits<float>::max()))
    return fmt::format("holds {} at element {}, expected finite float32", value, at);
  if (whole && std::abs(value) > kMostWhole)
    return fmt::format("holds {:.0f} at element {}, and integers beyond 2^24 are not exact as float32", value, at);
  return {};
}

// "LO:HI"
std::pair<float, float> parse_range(const std::string& text) {
  float low = 0, high = 0;
  const char* const end = text.data() + text.size();
  const auto [middle, error] = std::from_chars(text.data(), end, low);
  const bool first = error == std::errc() && middle != end && *middle == ':';
  const auto [last, error2] = first ? std::from_chars(middle + 1, end, high) : std::from_chars_result{end, error};
  if (!first || error2 != std::errc() || last != end || !(low < high) || !std::isfinite(low) || !std::isfinite(high)) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--range is '{}', expected LOW:HIGH, two numbers that rise", text),
                "use --range -1:1, or leave it away: then each column's range is that of the inputs");
  }
  return {low, high};
}

// The column of number i: of a series those of one place in its rows share a range; of a vector each has its own.
std::size_t column_of(std::size_t i, const Shape& shape) {
  return shape.height > 1 ? i % (shape.size() / static_cast<std::size_t>(shape.height)) : i;
}

// The ranges that the readable inputs themselves span, by column.
void span_ranges(const std::vector<Seed>& seeds, const Shape& shape, ArrayForm& form) {
  constexpr float kMost = std::numeric_limits<float>::max();
  form.low.assign(shape.size(), kMost);
  form.high.assign(shape.size(), -kMost);
  for (const Seed& seed : seeds) {
    if (!seed.problem.empty()) continue;
    const auto* const numbers = reinterpret_cast<const float*>(seed.input.pixels.data());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const std::size_t c = column_of(i, shape);
      form.low[c] = std::min(form.low[c], numbers[i]);
      form.high[c] = std::max(form.high[c], numbers[i]);
    }
  }
  for (std::size_t i = shape.size(); i-- > 0;) {
    form.low[i] = form.low[column_of(i, shape)];
    form.high[i] = form.high[column_of(i, shape)];
  }
}

// Seeds beyond a declared range could not be moved without a jump.
void refuse_beyond(const std::pair<float, float>& range, Seed& seed) {
  const auto* const numbers = reinterpret_cast<const float*>(seed.input.pixels.data());
  const std::size_t size = seed.input.pixels.size() / sizeof(float);
  const float* const out =
      std::find_if(numbers, numbers + size, [&](float v) { return v < range.first || v > range.second; });
  if (out == numbers + size) return;
  seed.problem =
      fmt::format("holds {} at element {}, outside --range {}:{}", *out, out - numbers, range.first, range.second);
}

void read_row(const std::vector<std::uint8_t>& row, const NpyHeader& header, bool whole, Seed& seed) {
  const ReadElement read = reader_of(header.dtype);
  const std::span<float> numbers = numbers_of(seed.input.pixels);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double value = read(row.data() + i * header.element_size);
    seed.problem = problem_of(value, i, whole);
    if (!seed.problem.empty()) return;
    numbers[i] = static_cast<float>(value);
  }
}

void check_header(const NpyHeader& header, const std::string& name, const Shape& shape) {
  if (header.shape.empty() || header.elements() == 0) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: shape ({}) holds no input", name, fmt::join(header.shape, ", ")),
                "the first axis counts the inputs");
  }
  if (reader_of(header.dtype) == nullptr) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: elements of type '{}', expected float32, float64 or integers", name, header.dtype),
                "save x.astype(numpy.float32)");
  }
  if (header.elements() / header.shape[0] == shape.size()) return;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: its inputs are of {} ({} numbers), the models take {} ({} numbers)", name,
                          fmt::join(header.shape.begin() + 1, header.shape.end(), " x "),
                          header.elements() / header.shape[0], to_text(shape, InputKind::kArray), shape.size()),
              "an array holds N inputs as the models take them, without their batch");
}

}  // namespace

SeedSet load_numbers(std::ifstream& in, const NpyHeader& header, const std::filesystem::path& path,
                     const SeedOptions& options) {
  const std::string name = path.string();
  check_header(header, name, options.shape);
  const bool declared = !options.range.empty();
  const auto range = declared ? parse_range(options.range) : std::pair<float, float>{};
  auto form = std::make_shared<ArrayForm>();
  form->dims.assign(header.shape.begin() + 1, header.shape.end());
  form->dtype = stored_type(header.dtype);
  form->whole = form->dtype != "f4";
  form->series = options.shape.height > 1;

  SeedSet set;
  set.path = path;
  set.form = form;
  set.seeds.resize(header.shape[0]);
  Shape shape = options.shape;
  shape.form = form.get();
  std::vector<std::uint8_t> row(shape.size() * header.element_size);
  for (std::size_t i = 0; i < set.seeds.size(); ++i) {
    if (!in.read(reinterpret_cast<char*>(row.data()), std::ssize(row))) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: row {} cannot be read", name, i));
    }
    Seed& seed = set.seeds[i];
    seed.source = fmt::format("row {}", i);
    seed.input = Input(shape);
    read_row(row, header, form->whole, seed);
    if (declared && seed.problem.empty()) refuse_beyond(range, seed);
    if (!seed.problem.empty()) seed.input = {};
  }
  if (std::ranges::none_of(set.seeds, [](const Seed& seed) { return seed.problem.empty(); })) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: none of its {} inputs can be used; the first: {}", name,
                                                  set.seeds.size(), set.seeds[0].problem));
  }
  if (declared) {
    form->low.assign(shape.size(), range.first);
    form->high.assign(shape.size(), range.second);
  } else {
    span_ranges(set.seeds, shape, *form);
  }
  return set;
}

void encode_array(InputView input, std::vector<std::uint8_t>& npy) {
  const ArrayForm& form = *input.shape.form;
  const std::string header = npy_header(form.dtype, form.dims);
  npy.assign(header.begin(), header.end());
  const std::size_t width = size_of_type(form.dtype);
  npy.resize(header.size() + input.shape.size() * width);
  std::uint8_t* to = npy.data() + header.size();
  for (const float value : input.numbers()) {
    put_as(form.dtype, value, to);
    to += width;
  }
}

Input decode_array(std::span<const std::uint8_t> npy, const std::string& name, const Shape& like) {
  const NpyArray array = parse_npy(npy, name);
  if (array.dtype != like.form->dtype || array.shape != like.form->dims) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: an array of type '{}' and shape ({}), expected '{}' and ({})", name, array.dtype,
                            fmt::join(array.shape, ", "), like.form->dtype, fmt::join(like.form->dims, ", ")));
  }
  Input input(like);
  const ReadElement read = reader_of(array.dtype);
  const std::size_t width = size_of_type(array.dtype);
  const std::span<float> numbers = numbers_of(input.pixels);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<float>(read(array.bytes.data() + i * width));
  }
  return input;
}

}  // namespace dflare

// Frames read with nothing believed.
#include "query/exec/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dflare::exec {
namespace {

constexpr std::size_t kMostElements = kLongestRows / 4;  // of a row
constexpr std::size_t kHighestRank = 8;
constexpr std::size_t kMostOutputs = 64;
constexpr std::uint32_t kMostRows = 1U << 20;
constexpr int kLeastRate = 1000, kMostRate = 768000;
constexpr std::size_t kMostSamples = std::size_t{1} << 26;
constexpr std::size_t kShortestText = 16, kLongestInput = 8192;  // bytes that a text may have room for
constexpr const char* kSeeDocs = "docs/exec-models.md has the protocol, and a Python and a C example";

constexpr std::uint32_t kInput = tag("INPT"), kOutput = tag("OUTP"), kName = tag("NAME"), kFixedBatch = tag("FIXB"),
                        kLargestBatch = tag("MAXB"), kRate = tag("RATE");

[[noreturn]] void refuse(const std::string& what) { throw Fault{FaultKind::kGarbled, what, kSeeDocs}; }

// Takes a body apart from its front.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes, std::string what) : left_(bytes), what_(std::move(what)) {}

  [[nodiscard]] bool at_end() const { return left_.empty(); }
  std::uint32_t u32() {
    const auto bytes = take(4);
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(bytes[i]) << 8 * i;
    return value;
  }
  std::span<const std::byte> take(std::size_t bytes) {
    if (bytes > left_.size()) refuse(fmt::format("sent {} that ends {} bytes too early", what_, bytes - left_.size()));
    const auto taken = left_.first(bytes);
    left_ = left_.subspan(bytes);
    return taken;
  }
  std::string rest() {
    const auto all = take(left_.size());
    return {reinterpret_cast<const char*>(all.data()), all.size()};
  }

 private:
  std::span<const std::byte> left_;
  std::string what_;
};

void put(std::uint32_t value, std::byte* to) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<std::byte>(value >> 8 * i);
}

std::string letters_of(std::uint32_t value) {
  std::array<std::byte, 4> letters{};
  put(value, letters.data());
  return shown_bytes(letters);
}

ChildTensor read_tensor(Reader field, const char* which) {
  ChildTensor tensor;
  const std::uint32_t type = field.u32();
  if (type < 1 || type > 4)
    refuse(fmt::format("says that its {} is of type {}, expected 1 (u8), 2 (f32), 3 (text) or 4 (audio)", which, type));
  tensor.type = ElementCode{type};
  const std::uint32_t rank = field.u32();
  if (rank < 1 || rank > kHighestRank) {
    refuse(fmt::format("says that a row of its {} has {} dimensions, expected 1 to {}", which, rank, kHighestRank));
  }
  std::size_t elements = 1;
  for (std::uint32_t i = 0; i < rank; ++i) {
    const std::uint32_t extent = field.u32();
    if (extent < 1 || extent > kMostElements || elements * extent > kMostElements) {
      refuse(fmt::format("says that dimension {} of its {} is {}, expected 1 or more and a row of at most {} values", i,
                         which, static_cast<std::int32_t>(extent), kMostElements));
    }
    elements *= extent;
    tensor.dims.push_back(extent);
  }
  if (tensor.type == ElementCode::kText && (rank != 1 || elements < kShortestText || elements > kLongestInput)) {
    refuse(fmt::format("says that its {} is a text of rank {} and {} bytes, expected rank 1 and {} to {} bytes", which,
                       rank, elements, kShortestText, kLongestInput));
  }
  if (tensor.type == ElementCode::kAudio && (rank != 1 || elements > kMostSamples)) {
    refuse(fmt::format("says that its {} is a sound of rank {} and {} samples, expected rank 1 and 1 to {} samples",
                       which, rank, elements, kMostSamples));
  }
  tensor.name = field.rest();
  return tensor;
}

int read_rows(Reader field, const char* which) {
  const std::uint32_t rows = field.u32();
  if (rows > kMostRows)
    refuse(fmt::format("says that its {} batch is {} rows, expected at most {}", which, rows, kMostRows));
  return static_cast<int>(rows);
}

int read_rate(Reader field) {
  const std::uint32_t rate = field.u32();
  if (rate < kLeastRate || rate > kMostRate)
    refuse(fmt::format("says that it takes {} samples a second, expected {} to {}", rate, kLeastRate, kMostRate));
  return static_cast<int>(rate);
}

void read_field(std::uint32_t field, std::span<const std::byte> bytes, Hello& hello) {
  Reader reader(bytes, fmt::format("a hello whose field {}", letters_of(field)));
  switch (field) {
    case kInput:
      if (!hello.input.dims.empty()) refuse("says that it has several inputs, expected one");
      hello.input = read_tensor(reader, "input");
      return;
    case kOutput:
      hello.outputs.push_back(read_tensor(reader, "output"));
      if (const ElementCode type = hello.outputs.back().type;
          type != ElementCode::kFloat32 && type != ElementCode::kText)
        refuse("has an output of another type than f32 or text");
      return;
    case kName:
      hello.runtime = reader.rest();
      return;
    case kRate:
      hello.rate = read_rate(reader);
      return;
    case kFixedBatch:
      hello.fixed_batch = read_rows(reader, "fixed");
      return;
    case kLargestBatch:
      hello.largest_batch = read_rows(reader, "largest");
      return;
    default:
      // As in PNG: a small first letter may be passed over.
      if (const auto first = static_cast<char>(field & 0xffU); first >= 'a' && first <= 'z') return;
      refuse(fmt::format("says hello with a field {}, which this dflare does not know", letters_of(field)));
  }
}

}  // namespace

std::size_t ChildTensor::elements() const {
  std::size_t product = 1;
  for (const auto dim : dims) product *= static_cast<std::size_t>(dim);
  return product;
}

std::size_t ChildTensor::row_bytes() const {
  switch (type) {
    case ElementCode::kFloat32:
      return elements() * sizeof(float);
    case ElementCode::kAudio:
      return sound_shape(static_cast<int>(elements())).size();
    case ElementCode::kUint8:
    case ElementCode::kText:
      break;
  }
  return elements();
}

std::size_t Hello::answer_bytes() const {
  std::size_t sum = 0;
  for (const ChildTensor& output : outputs) sum += output.row_bytes();
  return sum;
}

std::string shown_bytes(std::span<const std::byte> bytes) {
  constexpr std::size_t kMost = 48;
  const auto few = bytes.first(std::min(bytes.size(), kMost));
  const bool text = std::ranges::all_of(few, [](std::byte b) {
    return (b >= std::byte{0x20} && b < std::byte{0x7f}) || b == std::byte{'\n'} || b == std::byte{'\r'};
  });
  std::string shown;
  for (const std::byte b : few) {
    const auto letter = std::to_integer<char>(b);
    if (!text)
      shown += fmt::format("{:02x} ", std::to_integer<unsigned>(b));
    else
      shown += letter == '\n' || letter == '\r' ? ' ' : letter;
  }
  if (!text && !shown.empty()) shown.pop_back();
  return text ? "'" + shown + "'" : shown;
}

Header read_header(std::span<const std::byte> bytes) {
  Reader reader(bytes, "a header");
  if (reader.u32() != kMagic) {
    throw Fault{FaultKind::kGarbled, "sent " + shown_bytes(bytes) + " where a frame begins, expected 'DFLR'",
                "nothing but frames may go to DFLARE_OUT: prints belong to standard output or standard error"};
  }
  Header header;
  header.tag = reader.u32();
  header.id = reader.u32();
  header.length = reader.u32();
  return header;
}

Hello read_hello(std::span<const std::byte> body) {
  Reader reader(body, "a hello");
  const std::uint32_t version = reader.u32();
  if (version != kVersion) {
    throw Fault{FaultKind::kGarbled, fmt::format("speaks version {} of the protocol, expected {}", version, kVersion),
                "DFLARE_PROTOCOL tells the child which version this dflare speaks"};
  }
  Hello hello;
  while (!reader.at_end()) {
    const std::uint32_t field = reader.u32();
    const std::uint32_t length = reader.u32();
    read_field(field, reader.take(length), hello);
  }
  if (hello.input.dims.empty()) refuse("says hello without an input (INPT)");
  if (hello.outputs.empty()) refuse("says hello without an output (OUTP)");
  if (hello.outputs.size() > kMostOutputs || hello.answer_bytes() > kLongestRows) {
    refuse(fmt::format("says that it has {} outputs of {} bytes a row in all, expected at most {} and {}",
                       hello.outputs.size(), hello.answer_bytes(), kMostOutputs, kLongestRows));
  }
  return hello;
}

void write_question(std::uint32_t id, std::size_t rows, std::size_t row_bytes, std::span<std::byte> to) {
  put(kMagic, to.data());
  put(kAsk, to.data() + 4);
  put(id, to.data() + 8);
  put(static_cast<std::uint32_t>(kRowsBytes + rows * row_bytes), to.data() + 12);
  put(static_cast<std::uint32_t>(rows), to.data() + 16);
  put(0, to.data() + 20);
}

std::uint32_t rows_of(std::span<const std::byte> body) { return Reader(body, "an answer").u32(); }

Fault read_failure(std::span<const std::byte> body) {
  Reader reader(body, "a failure");
  const std::uint32_t row = reader.u32();
  const std::string text = reader.rest();
  const std::string why = text.empty() ? "does not say why it cannot answer" : text;
  return {FaultKind::kTold, row == kAllRows ? why : fmt::format("row {}: {}", row, why)};
}

}  // namespace dflare::exec

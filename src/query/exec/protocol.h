// The frames between dflare and a child process: docs/exec-models.md. Bytes to structs and back; nothing is read here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "query/tensors.h"

namespace dflare::exec {

inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kRowsBytes = 8;                       // before the rows of a question and of an answer
inline constexpr std::size_t kLongestText = std::size_t{1} << 16;  // body of a hello and of a failure
inline constexpr std::size_t kLongestRows = std::size_t{1} << 30;  // bytes of the rows of one frame
inline constexpr std::uint32_t kAllRows = 0xffffffff;

// Four letters, the first in the lowest byte.
constexpr std::uint32_t tag(const char (&letters)[5]) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(letters[i])) << 8 * i;
  return value;
}
inline constexpr std::uint32_t kMagic = tag("DFLR");
inline constexpr std::uint32_t kHello = tag("HELO"), kAsk = tag("ASK "), kAnswer = tag("ANSW"), kFail = tag("FAIL");

// What went wrong with a child.
enum class FaultKind {
  kDied,     // it ended, or closed a pipe: a new one may do better
  kHung,     // it did not answer in time
  kGarbled,  // what it sent is not what the protocol says
  kTold,     // it says itself that it cannot answer, and goes on
};
struct Fault {
  FaultKind kind = FaultKind::kGarbled;
  std::string what;  // of the child: "ended with exit code 3"
  std::string hint = {};
};

struct Header {
  std::uint32_t tag = 0;
  std::uint32_t id = 0;
  std::uint32_t length = 0;  // of the body
};

// The first kHeaderBytes of a frame. Throws Fault where they are none, showing them.
Header read_header(std::span<const std::byte> bytes);

enum class ElementCode : std::uint32_t { kUint8 = 1, kFloat32 = 2, kText = 3, kAudio = 4 };

struct ChildTensor {
  std::string name;
  ElementCode type{};
  Dims dims;  // of one row
  [[nodiscard]] std::size_t elements() const;
  [[nodiscard]] std::size_t row_bytes() const;
  bool operator==(const ChildTensor&) const = default;
};

// What a child says of itself first.
struct Hello {
  ChildTensor input;
  std::vector<ChildTensor> outputs;
  int fixed_batch = 0, largest_batch = 0;          // rows; 0: any
  int rate = 16000;                                // of sounds: samples a second
  std::string runtime;                             // may be empty
  [[nodiscard]] std::size_t answer_bytes() const;  // of one row, all outputs
  bool operator==(const Hello&) const = default;
};

// The body of a hello. Throws Fault for anything else.
Hello read_hello(std::span<const std::byte> body);

// Writes what stands before the rows of a question: header and row count, kHeaderBytes + kRowsBytes.
void write_question(std::uint32_t id, std::size_t rows, std::size_t row_bytes, std::span<std::byte> to);

// The row count of an answer's body, which is at least kRowsBytes long.
std::uint32_t rows_of(std::span<const std::byte> body);

// What a failure's body says. Throws Fault for a body that is too short.
Fault read_failure(std::span<const std::byte> body);

// Bytes as a message shows them: in quotes where they are text, else in hexadecimal; the first few.
std::string shown_bytes(std::span<const std::byte> bytes);

}  // namespace dflare::exec

// Any bytes are a frame of a child, or a fault: a hello describes tensors of a size that can be held.
#include <cstdlib>
#include <span>

#include "query/exec/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dflare::exec;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    const Hello hello = read_hello(bytes);
    if (hello.answer_bytes() > kLongestRows || hello.input.elements() == 0) std::abort();
  } catch (const Fault&) {
  }
  try {
    if (size >= kHeaderBytes) read_header(bytes.first(kHeaderBytes));
  } catch (const Fault&) {
  }
  try {
    if (read_failure(bytes).kind != FaultKind::kTold) std::abort();
  } catch (const Fault&) {
  }
  return 0;
}

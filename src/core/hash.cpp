// SHA-256, by Nettle.
#include "core/hash.h"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include <array>
#include <fstream>
#include <vector>

#include "dflare/error.h"

namespace dflare {
namespace {

class Sha256 {
 public:
  Sha256() { sha256_init(&state_); }
  void add(std::span<const std::uint8_t> bytes) { sha256_update(&state_, bytes.size(), bytes.data()); }
  std::string hex() {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_digest(&state_, digest.size(), digest.data());
    std::string text;
    for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
    return text;
  }

 private:
  sha256_ctx state_{};
};

}  // namespace

std::string sha256(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorCode::kBadInput, fmt::format("cannot read {}", file.string()));
  Sha256 hash;
  std::vector<char> block(1U << 20U);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(stream.gcount());
    hash.add({reinterpret_cast<const std::uint8_t*>(block.data()), count});
  }
  if (stream.bad()) throw Error(ErrorCode::kBadInput, fmt::format("reading {} failed", file.string()));
  return hash.hex();
}

}  // namespace dflare

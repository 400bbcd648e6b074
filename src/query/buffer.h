// Tensor memory of our own, aligned for vector instructions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace dflare {

// Zeroed bytes at an address that is a multiple of 64. Growing forgets the contents.
class TensorBuffer {
 public:
  // True when the memory moved.
  bool grow(std::size_t bytes) {
    if (bytes <= size_) return false;
    memory_.reset(static_cast<std::byte*>(::operator new(bytes, kAlignment)));
    std::fill_n(memory_.get(), bytes, std::byte{0});
    size_ = bytes;
    return true;
  }
  [[nodiscard]] std::byte* data() const { return memory_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete(memory, kAlignment); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace dflare

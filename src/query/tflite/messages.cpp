// Keeping TensorFlow Lite's messages.
#include "query/tflite/messages.h"

#include <array>
#include <cstdio>

namespace dflare::tflite {

void Messages::write(void* user, const char* format, std::va_list arguments) {
  std::array<char, 1024> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  std::string message = text.data();
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  auto& messages = *static_cast<Messages*>(user);
  const std::lock_guard lock(messages.mutex_);
  if (messages.first_.empty()) messages.first_ = message;
  messages.last_ = std::move(message);
}

void Messages::clear() {
  const std::lock_guard lock(mutex_);
  first_.clear();
  last_.clear();
}

std::string Messages::text() const {
  const std::lock_guard lock(mutex_);
  return first_ == last_ ? first_ : first_ + (first_.ends_with('.') ? " " : "; ") + last_;
}

}  // namespace dflare::tflite

// What TensorFlow Lite says while it works.
#pragma once

#include <cstdarg>
#include <mutex>
#include <string>

namespace dflare::tflite {

// Keeps the first and the last message since clear(): the first tells the reason, the last where it led. A library may
// keep the address and write from several threads.
class Messages {
 public:
  // The library's reporter; `user` is a Messages.
  static void write(void* user, const char* format, std::va_list arguments);

  void clear();
  // "first; last", or the one there was; empty without any.
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::string first_, last_;
};

}  // namespace dflare::tflite

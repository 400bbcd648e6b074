// A child process that answers over two pipes, from its start to its end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "query/exec/protocol.h"

namespace dflare::exec {

// A file descriptor that is closed in the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void close() noexcept;

 private:
  int number_ = -1;
};

// How long an answer is waited for. Only time in which this process ran counts: after SIGSTOP or Ctrl-Z the time
// between two looks counts as two usual pauses.
class Patience {
 public:
  explicit Patience(double seconds) : limit_(seconds), last_(std::chrono::steady_clock::now()) {}  // 0: for ever

  // For poll(): until the next look.
  [[nodiscard]] int milliseconds() const;
  // Counts what went by since the last look. Throws Fault when the limit is passed.
  void look();

 private:
  double limit_, spent_ = 0;
  std::chrono::steady_clock::time_point last_;
};

// The last bytes of what a child prints, however much it is.
class Tail {
 public:
  void add(std::string_view text);
  // The last lines, each after a line end and two spaces; empty where it printed nothing.
  [[nodiscard]] std::string lines() const;

 private:
  std::string text_;
};

// `/bin/sh -c COMMAND` in a process group of its own, with DFLARE_IN and DFLARE_OUT as descriptors 3 and 4, nothing on
// standard input, and what it prints kept from our own streams. It ends with this object, with all that it has started
// in its group; a second shell sees to that when this process is killed. No signal handler is set, no SIGPIPE raised.
// One caller at a time.
class Child {
 public:
  // Throws Fault where the system gives no more processes or descriptors.
  Child(const std::string& command, int threads);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // Whether it is there and has said nothing since its last answer, as it should.
  [[nodiscard]] bool is_ready();

  void send(std::span<const std::byte> bytes, Patience& patience);

  // The next frame, whole; `check` throws for a header that is not wanted, before its body is read or has room.
  // The body is good until the next call.
  struct Frame {
    Header header;
    std::span<const std::byte> body;
  };
  Frame receive(const std::function<void(const Header&)>& check, Patience& patience);

  // What it printed last, for an error message.
  [[nodiscard]] std::string last_words();

 private:
  // Until one of the descriptor's events is there. Takes what the child prints meanwhile.
  void wait_for(const Descriptor& descriptor, short events, Patience& patience);
  void take_prints();
  [[nodiscard]] std::size_t read_some(std::size_t have, std::size_t need, Patience& patience);
  [[noreturn]] void tell_end(const std::string& when);
  bool has_exited(int milliseconds) const;
  void end(int grace_milliseconds) noexcept;

  pid_t child_ = -1, guard_ = -1;
  Descriptor questions_, answers_, prints_;
  Descriptor life_;  // the guard waits for its end
  Tail tail_;
  std::vector<std::byte> buffer_;
  bool failed_ = false;
};

}  // namespace dflare::exec

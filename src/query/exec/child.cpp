// Pipes, patience, and an end that leaves nothing behind.
#include "query/exec/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "query/exec/spawn.h"

namespace dflare::exec {
namespace {

constexpr int kLowestNumber = 10;  // of our descriptors, clear of the child's
constexpr int kPause = 250;        // milliseconds between two looks at the clock
constexpr int kToLeave = 300;      // milliseconds in which a child may end by itself
constexpr std::size_t kKept = 8192, kLinesShown = 8;

[[noreturn]] void refuse_system(const char* what) {
  throw Fault{FaultKind::kDied, fmt::format("cannot be started: {}: {}", what, std::strerror(errno)),
              "use fewer --workers, or raise the limit of open files (ulimit -n)"};
}

// Out of the way of the numbers that a child gets.
Descriptor moved_up(int number) {
  const Descriptor low(number);
  Descriptor high(fcntl(number, F_DUPFD_CLOEXEC, kLowestNumber));
  if (!high.is_open()) refuse_system("no descriptor");
  return high;
}

struct Ends {
  Descriptor ours, theirs;
};

// Closed in every program that anybody starts, but for what spawn() gives.
Ends make_pipe(bool we_read) {
  std::array<int, 2> both{};
  if (pipe2(both.data(), O_CLOEXEC) != 0) refuse_system("no pipe");
  Descriptor read = moved_up(both[0]);
  Descriptor write = moved_up(both[1]);
  return we_read ? Ends{std::move(read), std::move(write)} : Ends{std::move(write), std::move(read)};
}

// For what we write: a socket can be written without SIGPIPE.
Ends make_socket() {
  std::array<int, 2> both{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) refuse_system("no socket");
  Ends ends{moved_up(both[0]), moved_up(both[1])};
  shutdown(ends.ours.number(), SHUT_RD);
  return ends;
}

void never_block(const Descriptor& descriptor) { fcntl(descriptor.number(), F_SETFL, O_NONBLOCK); }

void pause_milliseconds(int milliseconds) {
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  nanosleep(&time, nullptr);
}

std::string in_words(const siginfo_t& info) {
  constexpr int kShellAdds = 128;  // to the signal that killed a program of its own
  const bool exited = info.si_code == CLD_EXITED;
  const int signal = exited ? info.si_status - kShellAdds : info.si_status;
  if (signal > 0 && signal < NSIG) return fmt::format("was killed by signal {} ({})", signal, strsignal(signal));
  return fmt::format("ended with exit code {}", info.si_status);
}

// What the shell says by its exit code.
std::string hint_on(const siginfo_t& info) {
  if (info.si_code != CLD_EXITED) return {};
  if (info.si_status == 127) return "the shell does not find the program: check its name, and the folder";
  if (info.si_status == 126) return "the shell may not run the program: chmod +x makes a file executable";
  return {};
}

}  // namespace

void Descriptor::close() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

int Patience::milliseconds() const {
  if (limit_ <= 0) return kPause;
  return std::clamp(static_cast<int>((limit_ - spent_) * 1000) + 1, 1, kPause);
}

void Patience::look() {
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  spent_ += std::min(seconds, 2e-3 * kPause);
  if (limit_ > 0 && spent_ > limit_) {
    throw Fault{FaultKind::kHung, fmt::format("has not answered for {:g} seconds", limit_),
                "--query-timeout SECONDS waits longer"};
  }
}

void Tail::add(std::string_view text) {
  if (text.size() > kKept) text.remove_prefix(text.size() - kKept);
  text_ += text;
  if (text_.size() > kKept) text_.erase(0, text_.size() - kKept);
}

std::string Tail::lines() const {
  std::string_view rest = text_;
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  std::size_t begin = rest.size();
  for (std::size_t line = 0; line < kLinesShown && begin != std::string_view::npos && begin > 0; ++line) {
    begin = rest.rfind('\n', begin - 1);
  }
  if (begin != std::string_view::npos) rest.remove_prefix(begin);
  if (rest.starts_with('\n')) rest.remove_prefix(1);
  std::string lines;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines += "\n  ";
    lines += rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

Child::Child(const std::string& command, int threads) {
  Ends questions = make_socket();
  Ends answers = make_pipe(true);
  Ends prints = make_pipe(true);
  Ends life = make_pipe(false);
  const int print = prints.theirs.number();
  child_ = spawn(
      {.arguments = {"/bin/sh", "-c", command},
       .environment = {"DFLARE_IN=3", "DFLARE_OUT=4", fmt::format("DFLARE_PROTOCOL={}", kVersion),
                       fmt::format("DFLARE_THREADS={}", threads)},
       .descriptors = {{-1, 0}, {print, 1}, {print, 2}, {questions.theirs.number(), 3}, {answers.theirs.number(), 4}}});
  try {
    // Ends the child's group when the last end of `life`, ours, is closed: by whatever way this process ends.
    guard_ =
        spawn({.arguments = {"/bin/sh", "-c", "read -r end <&3; kill -s KILL -- \"-$1\"", "sh", std::to_string(child_)},
               .environment = {},
               .descriptors = {{-1, 0}, {-1, 1}, {-1, 2}, {life.theirs.number(), 3}}});
  } catch (...) {
    end(0);
    throw;
  }
  questions_ = std::move(questions.ours);
  answers_ = std::move(answers.ours);
  prints_ = std::move(prints.ours);
  life_ = std::move(life.ours);
  never_block(answers_);
  never_block(prints_);
}

Child::~Child() { end(failed_ ? 0 : kToLeave); }

bool Child::has_exited(int milliseconds) const {
  for (int pause = 1;; pause = std::min(2 * pause, 16)) {
    siginfo_t info{};
    const int result = waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (result != 0 || info.si_pid != 0) return true;
    if (milliseconds <= 0) return false;
    pause_milliseconds(std::min(pause, milliseconds));
    milliseconds -= pause;
  }
}

// The child is reaped last: until then its number, and so its group's, is nobody else's.
void Child::end(int grace_milliseconds) noexcept {
  questions_.close();
  answers_.close();
  prints_.close();
  if (child_ > 0) {
    has_exited(grace_milliseconds);
    kill(-child_, SIGKILL);
  }
  if (guard_ > 0) {
    kill(guard_, SIGKILL);
    while (waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  if (child_ > 0) {
    while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  child_ = guard_ = -1;
}

void Child::take_prints() {
  std::array<char, 65536> some;  // NOLINT: filled by read
  for (int reads = 0; reads < 16; ++reads) {
    const ssize_t bytes = read(prints_.number(), some.data(), some.size());
    if (bytes > 0) tail_.add({some.data(), static_cast<std::size_t>(bytes)});
    if (bytes == 0) prints_.close();
    if (bytes < static_cast<ssize_t>(some.size())) return;
  }
}

bool Child::is_ready() {
  std::array<pollfd, 2> watched{pollfd{answers_.number(), POLLIN, 0}, pollfd{prints_.number(), POLLIN, 0}};
  poll(watched.data(), watched.size(), 0);
  if (watched[1].revents != 0) take_prints();
  if (watched[0].revents == 0) return true;
  std::array<std::byte, 64> some{};
  const ssize_t bytes = read(answers_.number(), some.data(), some.size());
  if (bytes <= 0) return false;
  failed_ = true;
  throw Fault{FaultKind::kGarbled,
              "sent " + shown_bytes(std::span(some).first(static_cast<std::size_t>(bytes))) + " without being asked",
              "an answer is one frame, of the length that its header says"};
}

void Child::wait_for(const Descriptor& descriptor, short events, Patience& patience) {
  for (;;) {
    std::array<pollfd, 2> watched{pollfd{descriptor.number(), events, 0}, pollfd{prints_.number(), POLLIN, 0}};
    poll(watched.data(), watched.size(), patience.milliseconds());
    if (watched[1].revents != 0) take_prints();
    if (watched[0].revents != 0) return;
    try {
      patience.look();
    } catch (const Fault&) {
      failed_ = true;
      throw;
    }
  }
}

void Child::send(std::span<const std::byte> bytes, Patience& patience) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(questions_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      wait_for(questions_, POLLOUT, patience);
    } else if (errno != EINTR) {
      tell_end("while it was asked");
    }
  }
}

std::size_t Child::read_some(std::size_t have, std::size_t need, Patience& patience) {
  for (;;) {
    const ssize_t bytes = read(answers_.number(), buffer_.data() + have, buffer_.size() - have);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes == 0 || errno != EAGAIN) {
      tell_end(have == 0 ? "without an answer" : fmt::format("after {} of {} bytes of a frame", have, need));
    }
    wait_for(answers_, POLLIN, patience);
  }
}

Child::Frame Child::receive(const std::function<void(const Header&)>& check, Patience& patience) {
  Frame frame;
  std::size_t have = 0;
  std::size_t need = kHeaderBytes;
  if (buffer_.size() < kLongestText) buffer_.resize(kLongestText);
  bool begun = false;
  while (have < need) {
    have += read_some(have, need, patience);
    if (begun || have < kHeaderBytes) continue;
    begun = true;
    const std::span<const std::byte> bytes = std::span(buffer_).first(have);
    try {
      frame.header = read_header(bytes.first(kHeaderBytes));
      check(frame.header);
    } catch (const Fault&) {
      failed_ = true;
      throw;
    }
    need += frame.header.length;
    if (buffer_.size() <= need) buffer_.resize(need + 1);  // one more, to see whether it ends there
  }
  if (have > need) {
    failed_ = true;
    throw Fault{FaultKind::kGarbled, fmt::format("sent {} bytes more than the {} of its frame", have - need, need),
                "an answer is one frame, of the length that its header says"};
  }
  frame.body = std::span(buffer_).subspan(kHeaderBytes, frame.header.length);
  return frame;
}

// How it ended may take a moment to be known; one that lives on without its pipe is not waited for.
void Child::tell_end(const std::string& when) {
  failed_ = true;
  siginfo_t info{};
  const bool exited =
      has_exited(200) && waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  if (exited && info.si_pid != 0) throw Fault{FaultKind::kDied, in_words(info) + " " + when, hint_on(info)};
  throw Fault{FaultKind::kDied, "closed its pipe " + when, {}};
}

std::string Child::last_words() {
  for (int waited = 0; prints_.is_open() && failed_ && waited < 20; ++waited) {
    pollfd watched{prints_.number(), POLLIN, 0};
    if (poll(&watched, 1, 5) > 0) take_prints();
  }
  return tail_.lines();
}

}  // namespace dflare::exec

// Group commits: the slower the disk, the more events go into one transaction.
#include "search/event_writer.h"

#include <chrono>
#include <iterator>
#include <system_error>
#include <utility>

namespace dflare {
namespace {

constexpr std::size_t kMostWaiting = std::size_t{256} << 20;  // bytes of images

template <class T>
void move_to(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::size_t bytes_of(const Events& events) {
  std::size_t bytes = 0;
  for (const Finding& f : events.findings) bytes += f.png.size();
  for (const Finding& f : events.unsettled) bytes += f.png.size();
  for (const NotFinite& n : events.not_finite) bytes += n.png.size();
  for (const FailedInput& f : events.failed) bytes += f.png.size();
  return bytes;
}

void count(const Events& events, int seeds_found, LiveProgress& live) {
  for (const Finding& f : events.findings) {
    if (f.flaky)
      ++live.flaky;
    else if (f.kind == FindingKind::kNatural)
      ++live.natural;
  }
  live.found += seeds_found;
  live.seeds_done += std::ssize(events.done);
}

}  // namespace

EventWriter::EventWriter(EventSink& sink, LiveProgress& live) : sink_(sink), live_(live) {
  try {
    thread_ = std::thread([this] { write_until_the_end(); });
  } catch (const std::system_error&) {  // no thread to be had: push() writes
  }
}

EventWriter::~EventWriter() { end_thread(); }

void EventWriter::push(Events& events, int seeds_found) {
  if (events.empty()) return;
  std::unique_lock lock(lock_);
  written_.wait(lock, [this] { return waiting_.bytes < kMostWaiting || failed_; });
  if (!failed_) {
    waiting_.bytes += bytes_of(events);
    waiting_.seeds_found += seeds_found;
    move_to(waiting_.events.findings, events.findings);
    move_to(waiting_.events.unsettled, events.unsettled);
    move_to(waiting_.events.not_finite, events.not_finite);
    move_to(waiting_.events.failed, events.failed);
    move_to(waiting_.events.done, events.done);
  }
  events.clear();
  if (thread_.joinable())
    wake_.notify_one();
  else if (!failed_)
    write(waiting_);  // under the lock: one caller at a time
}

void EventWriter::write_until_the_end() {
  Waiting taken;
  std::unique_lock lock(lock_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.events.empty(); });
    if (waiting_.events.empty()) return;
    std::swap(taken, waiting_);
    busy_ = true;
    lock.unlock();
    if (!failed_) write(taken);
    lock.lock();
    busy_ = false;
    written_.notify_all();
  }
}

void EventWriter::write(Waiting& waiting) {
  const Stopwatch watch;
  try {
    sink_.write(waiting.events);
    count(waiting.events, waiting.seeds_found, live_);
  } catch (...) {
    failure_ = std::current_exception();
    failed_ = true;
  }
  waiting.events.clear();
  waiting.seeds_found = 0;
  waiting.bytes = 0;
  seconds_ += watch.seconds();
}

bool EventWriter::flush(double seconds) {
  std::unique_lock lock(lock_);
  const auto idle = [this] { return (waiting_.events.empty() && !busy_) || failed_; };
  return written_.wait_for(lock, std::chrono::duration<double>(seconds), idle) && !failed_;
}

void EventWriter::end_thread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(lock_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void EventWriter::finish() {
  end_thread();
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace dflare

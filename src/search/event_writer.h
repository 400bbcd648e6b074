// Takes the events of all workers to the sink, so that no worker waits for a disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

#include "dflare/search.h"
#include "search/clock.h"

namespace dflare {

// One thread writes whatever has come in since its last write, at once. Where the system gives no thread, push()
// writes.
class EventWriter {
 public:
  // Both outlive the writer. Counts in `live` what was written.
  EventWriter(EventSink& sink, LiveProgress& live);
  // Writes what is left. A failure of that is lost: call finish() before.
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  // Takes the events away and leaves them empty; in the order of the calls. `seeds_found`: seeds among them with their
  // first finding. Waits only while a great deal is still to be written. After a failure events are dropped.
  void push(Events& events, int seeds_found);
  // Waits until everything pushed so far is written, or the sink failed, or `seconds` are over. Whether it is written.
  bool flush(double seconds);
  // Writes everything and ends the thread; rethrows the sink's failure. No push() after it.
  void finish();
  [[nodiscard]] bool failed() const { return failed_; }
  // Spent in the sink.
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  struct Waiting {
    Events events;
    int seeds_found = 0;
    std::size_t bytes = 0;
  };

  void write_until_the_end();
  void write(Waiting& waiting);
  void end_thread();

  EventSink& sink_;
  LiveProgress& live_;
  std::mutex lock_;
  std::condition_variable wake_, written_;
  Waiting waiting_;
  bool busy_ = false;    // a write is under way
  bool ending_ = false;  // no more events will come
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;
  double seconds_ = 0;
  std::thread thread_;
};

}  // namespace dflare

// Watches from outside, and asks again from a thread that may hang itself.
#include "dflare/hang.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace dflare {

HangDetector::HangDetector(const LiveProgress& live, double limit_seconds, double pause_seconds)
    : live_(live), limit_(limit_seconds), longest_step_(2 * pause_seconds) {}

std::optional<int> HangDetector::look(std::int64_t now) {
  const double step = std::min(longest_step_, static_cast<double>(now - std::exchange(last_, now)) * 1e-9);
  for (int slot = 0; slot < LiveProgress::kMostWorkers; ++slot) {
    const std::int64_t started =
        std::max(live_.queries_under_way[slot].started(), live_.query_started[slot].load(std::memory_order_relaxed));
    if (started == 0) {
      seen_.erase(slot);
      continue;
    }
    Seen& seen = seen_[slot];
    if (seen.started != started)
      seen = {started, std::clamp(static_cast<double>(now - started) * 1e-9, 0.0, step)};
    else
      seen.seconds += step;
    if (seen.seconds > limit_) return slot;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_hung_input(const QueryUnderWay& query, const std::vector<Input>& inputs,
                                           double patience_seconds) {
  struct Asking {
    std::vector<Input> inputs;
    std::atomic<std::size_t> row{0};
    std::atomic<bool> begun{false}, over{false};
  };
  const auto asking = std::make_shared<Asking>();
  asking->inputs = inputs;
  try {
    std::thread([asking, &query] {
      const std::unique_ptr<Model> model = query.clone_model();
      asking->begun = true;
      Answers answers;
      for (; model != nullptr && asking->row < asking->inputs.size(); ++asking->row) {
        const InputView view = asking->inputs[asking->row].view();
        try {
          model->query({&view, 1}, answers);
        } catch (const std::exception&) {  // it fails, but comes back
        }
      }
      asking->over = true;
    }).detach();
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  constexpr std::chrono::milliseconds kPause{5};
  double waited = 0;
  for (std::size_t row = 0; !asking->over && waited < patience_seconds;) {
    std::this_thread::sleep_for(kPause);
    waited = std::exchange(row, asking->row) == row ? waited + std::chrono::duration<double>(kPause).count() : 0;
  }
  if (asking->over || !asking->begun) return std::nullopt;
  return asking->row;
}

}  // namespace dflare

// What looks wrong with how models are fed, found out before they are measured.
#include "runs/notes.h"

#include <atomic>
#include <chrono>

#include "core/ticker.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

constexpr int kRowsOfNotes = 8;  // a slow model is not asked much longer than that
constexpr std::chrono::milliseconds kPause{20};

}  // namespace

std::vector<std::string> notes_on(std::span<const DeclaredModel> models, const Options& options, const SeedSet& seeds,
                                  LiveProgress& live, const Elapsed& began, double seconds) {
  const auto is_enough = [&] { return live.stop || (seconds > 0 && began.seconds() >= seconds); };
  std::atomic<bool> enough{is_enough()};
  const Ticker ticker(kPause, [&] {
    enough = is_enough();
    return !enough;
  });
  const auto doubts = ask_for_doubts(models, seeds,
                                     {.workers = to_int(options.workers, "workers"),
                                      .batch = kRowsOfNotes,
                                      .stop = &enough,
                                      .query_started = live.query_started});
  if (doubts) return in_words(*doubts);
  if (live.stop) return {};
  return {
      "the time limit left too little time to look for what is wrong with the models; give a longer --time-limit, "
      "or see `dflare inspect`"};
}

}  // namespace dflare

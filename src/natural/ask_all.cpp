// One model asked many images: by several threads and instances, or itself.
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/workers.h"
#include "dflare/error.h"
#include "dflare/natural.h"

namespace dflare {
namespace {

// While it lives, a watchdog sees that a query runs.
class Running {
 public:
  explicit Running(std::atomic<std::int64_t>* slot) : slot_(slot) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    if (slot_ != nullptr) *slot_ = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }
  ~Running() {
    if (slot_ != nullptr) *slot_ = 0;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<std::int64_t>* slot_;
};

// Blocks of images, handed out to whoever is free.
class Work {
 public:
  Work(const SeedSet& seeds, std::span<const NaturalImage> images, const AskOptions& options, std::size_t block,
       std::span<float> raw)
      : seeds_(seeds), images_(images), options_(options), block_(block), raw_(raw) {}

  void run(Model& model, int worker, const std::atomic<bool>& failed) {
    const std::size_t block = block_;
    const std::size_t classes = model.info().classes;
    const auto slot = static_cast<std::size_t>(worker);
    Shape shape = model.info().shape;
    shape.form = seeds_.form.get();
    Batch batch(shape, block);
    Answers answers;
    while (!failed && (options_.stop == nullptr || !*options_.stop)) {
      const std::size_t first = next_.fetch_add(block);
      if (first >= images_.size()) return;
      batch.clear();
      for (const NaturalImage& image : images_.subspan(first, std::min(block, images_.size() - first))) {
        render(seeds_, image, batch.append());
      }
      {
        const bool watched = slot < options_.query_started.size() && !model.info().ends_hangs;
        const Running running(watched ? &options_.query_started[slot] : nullptr);
        model.query(batch.views(), answers);
      }
      for (std::size_t row = 0; row < batch.size(); ++row) {
        std::copy_n(answers.raw(row).begin(), classes, raw_.subspan((first + row) * classes).begin());
      }
      if (options_.asked != nullptr) *options_.asked += static_cast<std::int64_t>(batch.size());
    }
  }

 private:
  const SeedSet& seeds_;
  std::span<const NaturalImage> images_;
  const AskOptions& options_;
  std::size_t block_;
  std::span<float> raw_;
  std::atomic<std::size_t> next_{0};
};

std::size_t workers_of(const AskOptions& options) {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, static_cast<unsigned>(kMostAskWorkers));
  return options.workers > 0 ? static_cast<std::size_t>(options.workers) : cores;
}

}  // namespace

void check_ask_options(const AskOptions& options) {
  const auto refuse = [](const char* option, int value, int least, int most) {
    if (value >= least && value <= most) return;
    throw Error(ErrorCode::kBadArgument,
                std::string(option) + " is " + std::to_string(value) + ", expected " + std::to_string(least) + " to " +
                    std::to_string(most),
                std::string("leave ") + option + " away: it is chosen for you");
  };
  refuse("--workers", options.workers, 0, kMostAskWorkers);
  refuse("--batch", options.batch, 1, kMostAskRows);
}

Asker::Asker(const Model& model, AskOptions options) : model_(&model), options_(options) {
  check_ask_options(options_);
}

Answers Asker::ask(const OutputReading& reading, const SeedSet& seeds, std::span<const NaturalImage> images) {
  Answers answers;
  const std::span<float> raw = answers.prepare(images.size(), model_->info().classes);
  // Few images are shared out too: no worker takes them all.
  const auto batch = static_cast<std::size_t>(options_.batch);
  const std::size_t workers = std::clamp<std::size_t>(images.size(), 1, workers_of(options_));
  const std::size_t block = std::clamp<std::size_t>((images.size() + workers - 1) / workers, 1, batch);
  while (instances_.size() < workers) {
    instances_.push_back(model_->clone());
    instances_.back()->reserve(batch);
  }
  Work work(seeds, images, options_, block, raw);
  run_workers(workers, [&](int worker, const std::atomic<bool>& failed) {
    work.run(*instances_[static_cast<std::size_t>(worker)], worker, failed);
  });
  answers.interpret(reading);
  return answers;
}

Answers ask_all(const Model& model, const OutputReading& reading, const SeedSet& seeds,
                std::span<const NaturalImage> images, const AskOptions& options) {
  return Asker(model, options).ask(reading, seeds, images);
}

Answers ask_itself(Model& model, const OutputReading& reading, const SeedSet& seeds,
                   std::span<const NaturalImage> images, int rows) {
  const AskOptions options{.workers = 1, .batch = rows};
  check_ask_options(options);
  Answers answers;
  Work work(seeds, images, options, static_cast<std::size_t>(rows),
            answers.prepare(images.size(), model.info().classes));
  work.run(model, 0, /*failed=*/false);
  answers.interpret(reading);
  return answers;
}

}  // namespace dflare

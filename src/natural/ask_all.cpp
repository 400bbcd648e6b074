// One model asked many images, by several threads.
#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "dflare/natural.h"

namespace dflare {
namespace {

// Blocks of images, handed out to whoever is free.
class Work {
 public:
  Work(const SeedSet& seeds, std::span<const NaturalImage> images, const AskOptions& options, std::span<float> raw)
      : seeds_(seeds), images_(images), options_(options), raw_(raw) {}

  void run(Model& model) {
    const auto block = static_cast<std::size_t>(std::max(1, options_.batch));
    const std::size_t classes = model.info().classes;
    Batch batch(model.info().shape, block);
    Answers answers;
    model.reserve(block);
    while (!stopped()) {
      const std::size_t first = next_.fetch_add(block);
      if (first >= images_.size()) return;
      batch.clear();
      for (const NaturalImage& image : images_.subspan(first, std::min(block, images_.size() - first))) {
        render(seeds_, image, batch.append());
      }
      model.query(batch.views(), answers);
      for (std::size_t row = 0; row < batch.size(); ++row) {
        std::copy_n(answers.raw(row).begin(), classes, raw_.subspan((first + row) * classes).begin());
      }
      if (options_.asked != nullptr) *options_.asked += static_cast<std::int64_t>(batch.size());
    }
  }

  void fail(std::exception_ptr why) {
    const std::lock_guard lock(failure_lock_);
    if (!failure_) failure_ = std::move(why);
    failed_ = true;
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  [[nodiscard]] bool stopped() const { return failed_ || (options_.stop != nullptr && *options_.stop); }

  const SeedSet& seeds_;
  std::span<const NaturalImage> images_;
  const AskOptions& options_;
  std::span<float> raw_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex failure_lock_;
  std::exception_ptr failure_;
};

}  // namespace

Answers ask_all(const Model& model, const OutputReading& reading, const SeedSet& seeds,
                std::span<const NaturalImage> images, const AskOptions& options) {
  Answers answers;
  const std::span<float> raw = answers.prepare(images.size(), model.info().classes);
  Work work(seeds, images, options, raw);
  const auto run = [&work](Model& clone) {
    try {
      work.run(clone);
    } catch (...) {
      work.fail(std::current_exception());
    }
  };
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::unique_ptr<Model>> clones;
  for (int i = 0; i < (options.workers > 0 ? options.workers : cores); ++i) clones.push_back(model.clone());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < clones.size(); ++i) threads.emplace_back(run, std::ref(*clones[i]));
    run(*clones.front());
  }
  work.rethrow();
  answers.interpret(reading);
  return answers;
}

}  // namespace dflare

// Measures the runtimes without the search.
#include "bare_loop.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <string>
#include <thread>

#include "dflare/error.h"
#include "search/clock.h"

namespace dflare::bench {
namespace {

std::ptrdiff_t label_of(std::span<const float> raw) { return std::max_element(raw.begin(), raw.end()) - raw.begin(); }

}  // namespace

BareLoop::BareLoop(const Pair& pair, std::span<const InputView> batch, int workers, bool rows_exact) : batch_(batch) {
  for (int w = 0; w < workers; ++w) {
    workers_.push_back({make_instance(*pair.original), make_instance(*pair.compressed)});
  }
  if (!rows_exact) return;  // kernels whose answers depend on the batch: a label may well differ
  check(*pair.original, workers_.front().original.answers);
  check(*pair.compressed, workers_.front().compressed.answers);
}

BareLoop::Instance BareLoop::make_instance(const Model& model) const {
  Instance out{.model = model.clone()};
  out.model->reserve(batch_.size());
  out.model->query(batch_, out.answers);
  out.runtime = dynamic_cast<Rerun*>(out.model.get());
  if (out.runtime == nullptr) throw Error(ErrorCode::kBadArgument, model.info().path + " has no runtime to measure");
  return out;
}

void BareLoop::check(const Model& model, const Answers& together) const {
  const std::unique_ptr<Model> alone = model.clone();
  Answers answers;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    alone->query(batch_.subspan(i, 1), answers);
    if (label_of(answers.raw(0)) == label_of(together.raw(i))) continue;
    throw Error(ErrorCode::kModelFailed, model.info().path + " answers row " + std::to_string(i) +
                                             " of a batch with another label than the same image alone");
  }
}

template <class Step>
Rate BareLoop::measure(double seconds, const Step& step) {
  std::atomic<std::int64_t> batches{0};
  std::barrier start(static_cast<std::ptrdiff_t>(workers_.size()));
  Stopwatch watch;
  double cpu = 0;
  const auto run = [&](Worker& worker) {
    step(worker);  // warms its caches
    start.arrive_and_wait();
    if (&worker == workers_.data()) {
      watch.lap();
      cpu = cpu_seconds();
    }
    const Stopwatch own;
    std::int64_t done = 0;
    for (; own.seconds() < seconds; ++done) step(worker);
    batches += done;
  };
  {
    std::vector<std::jthread> threads;
    for (Worker& worker : std::span(workers_).subspan(1)) threads.emplace_back(run, std::ref(worker));
    run(workers_.front());
  }
  return rate_of(batches * static_cast<std::int64_t>(batch_.size()), watch.seconds(), cpu_seconds() - cpu);
}

Rate BareLoop::runtimes(double seconds) {
  return measure(seconds, [](Worker& worker) {
    worker.original.runtime->rerun();
    worker.compressed.runtime->rerun();
  });
}

Rate BareLoop::queries(double seconds) {
  return measure(seconds, [this](Worker& worker) {
    worker.original.model->query(batch_, worker.original.answers);
    worker.compressed.model->query(batch_, worker.compressed.answers);
  });
}

}  // namespace dflare::bench

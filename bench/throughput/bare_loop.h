// The floor: both runtimes on ready batches, nothing else.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "dflare/search.h"
#include "query/rerun.h"
#include "rate.h"

namespace dflare::bench {

// A thread for each worker, with its own instances of both models whose input tensors hold `batch` images already.
class BareLoop {
 public:
  // Throws kModelFailed if a batch gives another label than the same image asked alone: speed of wrong answers is not
  // worth measuring.
  BareLoop(const Pair& pair, std::span<const InputView> batch, int workers, bool rows_exact);

  // Speed of the runtimes alone, measured over `seconds`.
  Rate runtimes(double seconds);
  // The same through Model::query: filling tensors and reading outputs included.
  Rate queries(double seconds);

 private:
  struct Instance {
    std::unique_ptr<Model> model;
    Rerun* runtime = nullptr;
    Answers answers;
  };
  struct Worker {
    Instance original, compressed;
  };

  [[nodiscard]] Instance make_instance(const Model& model) const;
  void check(const Model& model, const Answers& together) const;
  // Runs step(worker) on all workers for `seconds`.
  template <class Step>
  Rate measure(double seconds, const Step& step);

  std::span<const InputView> batch_;
  std::vector<Worker> workers_;
};

}  // namespace dflare::bench

// Minimises a smooth function: L-BFGS of libLBFGS.
#include "repair/optimise.h"

#include <lbfgs.h>

#include <algorithm>
#include <memory>

namespace dflare {
namespace {

struct Descent {
  const Objective* objective;
  const std::atomic<bool>* stop;
};

int cancel_when_stopped(void* instance, const lbfgsfloatval_t* /*x*/, const lbfgsfloatval_t* /*gradient*/,
                        lbfgsfloatval_t /*value*/, lbfgsfloatval_t /*x_norm*/, lbfgsfloatval_t /*gradient_norm*/,
                        lbfgsfloatval_t /*step*/, int /*n*/, int /*iteration*/, int /*evaluations*/) {
  const std::atomic<bool>* const stop = static_cast<const Descent*>(instance)->stop;
  return stop != nullptr && *stop ? 1 : 0;
}

lbfgsfloatval_t evaluate(void* instance, const lbfgsfloatval_t* x, lbfgsfloatval_t* gradient, int n,
                         lbfgsfloatval_t /*step*/) {
  const auto size = static_cast<std::size_t>(n);
  return (*static_cast<const Descent*>(instance)->objective)({x, size}, {gradient, size});
}

}  // namespace

std::vector<double> minimise(const Objective& objective, std::vector<double> x, int steps,
                             const std::atomic<bool>* stop) {
  const int n = static_cast<int>(x.size());
  const std::unique_ptr<lbfgsfloatval_t, decltype(&lbfgs_free)> at(lbfgs_malloc(n), &lbfgs_free);
  std::copy(x.begin(), x.end(), at.get());
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = 10;
  parameters.max_iterations = steps;
  parameters.epsilon = 1e-6;
  parameters.past = 5;  // no longer worth it: less than this share in five steps
  parameters.delta = 1e-6;
  Descent descent{&objective, stop};
  // Whatever it returns, `at` holds the best point found: a line search that ends at the limit of what doubles can tell
  // is no failure.
  lbfgs(n, at.get(), nullptr, evaluate, cancel_when_stopped, &descent, &parameters);
  std::copy_n(at.get(), x.size(), x.begin());
  return x;
}

}  // namespace dflare

// How a chain chooses among its operators (paper, Algorithm 2).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "dflare/error.h"
#include "dflare/operators.h"

namespace dflare {
namespace {

double value(const OperatorSelection::Statistics& s) {
  return static_cast<double>(s.improved) / (static_cast<double>(s.selected) + 1e-7);
}

}  // namespace

void OperatorSelection::reset(SelectionPolicy policy, std::size_t count) {
  if (count < 1 || count > 64) {
    throw Error(ErrorCode::kBadArgument, "a chain cannot choose among " + std::to_string(count) + " operators",
                "use --operators with 1 to 64 names");
  }
  policy_ = policy;
  statistics_.assign(count, {});
  order_.resize(count);
  rank_.resize(count);
  std::iota(order_.begin(), order_.end(), 0);
  current_ = -1;
  any_improved_ = false;
}

OperatorId OperatorSelection::next(Rng& rng) {
  const auto count = static_cast<std::uint32_t>(statistics_.size());
  const bool first = policy_ == SelectionPolicy::kReference ? !any_improved_ : current_ < 0;
  if (first || policy_ == SelectionPolicy::kUniform) {
    current_ = static_cast<int>(rng.below(count));
  } else {
    rank_operators(rng);
    const int from = policy_ == SelectionPolicy::kReference ? -1 : rank_[static_cast<std::size_t>(current_)];
    current_ = order_[propose_rank(from, rng)];
  }
  ++statistics_[static_cast<std::size_t>(current_)].selected;
  return OperatorId(current_);
}

void OperatorSelection::update(bool improved) {
  if (!improved || current_ < 0) return;
  ++statistics_[static_cast<std::size_t>(current_)].improved;
  any_improved_ = true;
}

std::size_t OperatorSelection::propose_rank(int from, Rng& rng) const {
  const auto count = static_cast<std::uint32_t>(statistics_.size());
  if (count == 1) return 0;  // nothing from rank -1 would ever be accepted
  const double stay = 1.0 - 1.0 / count;
  while (true) {
    const std::uint32_t to = rng.below(count);
    if (rng.uniform() < std::pow(stay, static_cast<int>(to) - from)) return to;
  }
}

// A shuffle, then a stable sort: ties stand in random order. By insertion, which needs no memory.
void OperatorSelection::rank_operators(Rng& rng) {
  const auto better = [this](int a, int b) {
    return value(statistics_[static_cast<std::size_t>(a)]) > value(statistics_[static_cast<std::size_t>(b)]);
  };
  for (std::size_t i = order_.size(); i-- > 1;) {
    std::swap(order_[i], order_[rng.below(static_cast<std::uint32_t>(i + 1))]);
  }
  for (auto it = order_.begin(); it != order_.end(); ++it) {
    std::rotate(std::upper_bound(order_.begin(), it, *it, better), it, it + 1);
  }
  for (std::size_t k = 0; k < order_.size(); ++k) rank_[static_cast<std::size_t>(order_[k])] = static_cast<int>(k);
}

}  // namespace dflare

// Times batches of growing size, and compares them with single rows.
#include "search/probe.h"

#include <algorithm>
#include <vector>

#include "core/array_values.h"
#include "core/same_answers.h"
#include "search/clock.h"
#include "search/pair_instance.h"

namespace dflare {
namespace {

// The sample's inputs, repeated until there are n.
std::vector<InputView> repeated(Sample sample, int n) {
  std::vector<InputView> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) out.push_back(sample[i % sample.size()]);
  return out;
}

double least_seconds(PairInstance& instance, std::span<const InputView> inputs) {
  instance.ask_raw(inputs);
  double least = 1e30;
  const Stopwatch total;
  for (int i = 0; i < 3 || (i < 20 && total.seconds() < 0.02); ++i) {
    const Stopwatch one;
    instance.ask_raw(inputs);
    least = std::min(least, one.seconds());
    if (total.seconds() > 0.4) break;
  }
  return least;
}

// Asks all rows together and the first `compared` of them alone.
bool same_alone(const Pair& pair, std::span<const InputView> inputs, std::size_t compared, QueryUnderWay& slot) {
  PairInstance together(pair, slot);
  PairInstance alone(pair, slot);
  together.reserve(inputs.size());
  together.ask_raw(inputs);
  for (std::size_t i = 0; i < std::min(compared, inputs.size()); ++i) {
    alone.ask_raw({&inputs[i], 1});
    const bool same = same_answers(together.original().raw(i), alone.original().raw(0)) &&
                      same_answers(together.compressed().raw(i), alone.compressed().raw(0));
    if (!same) return false;
  }
  return true;
}

}  // namespace

// Stops growing when it no longer pays.
int measure_batch(const Pair& pair, Sample sample, QueryUnderWay& slot) {
  PairInstance instance(pair, slot);
  int batch = 1;
  double best = 1e30;
  for (const int rows : {1, 4, 16, 64}) {
    const std::vector<InputView> inputs = repeated(sample, rows);
    instance.reserve(inputs.size());
    const double per_row = least_seconds(instance, inputs) / rows;
    if (per_row < 0.96 * best) batch = rows;
    if (per_row > 1.1 * best || per_row * rows > 0.2) break;
    best = std::min(best, per_row);
  }
  return batch;
}

bool rows_are_exact(const Pair& pair, Sample sample, int batch, QueryUnderWay& slot) {
  std::vector<InputView> inputs = repeated(sample, std::max(batch, 3));
  if (!same_alone(pair, inputs, sample.size(), slot)) return false;
  // Beside darker copies: a range that is taken over a whole batch shows where the inputs' own ranges differ.
  constexpr int kDivisor = 4;
  std::vector<Input> darker;
  for (const InputView& input : inputs) {
    Input& copy = darker.emplace_back(input);
    write_darker(input, kDivisor, copy.pixels);
  }
  for (std::size_t i = 1; i < inputs.size(); i += 2) inputs[i] = darker[i].view();
  constexpr std::size_t kFew = 4;
  return same_alone(pair, inputs, kFew, slot);
}

}  // namespace dflare

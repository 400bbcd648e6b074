// Time of one question to ObservedStates, by the number of values and of stored states.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "dflare/observed_states.h"
#include "dflare/rng.h"

namespace {

using namespace dflare;

constexpr float kSquaredRadius = 0.5F;

// Two softmax answers of a model that is usually sure. Few classes cannot yield thousands of states that are far from
// each other, so theirs are scattered outside the simplex.
std::vector<std::vector<float>> far_states(std::size_t dimensions, std::size_t count) {
  Rng rng(3, dimensions);
  std::vector<std::vector<float>> states(count, std::vector<float>(dimensions));
  for (auto& state : states) {
    double sum = 0;
    rng.normals(state);
    if (dimensions < 100) continue;
    for (float& v : state) sum += v = std::exp(4.0F * v);
    for (float& v : state) v = static_cast<float>(2.0 * v / sum);
  }
  return states;
}

bool ask(ObservedStates& states, std::span<const float> point) {
  return states.add_if_new(point.first(point.size() / 2), point.subspan(point.size() / 2));
}

// Every state is new, so every question looks at all stored ones: the worst case.
void all_new(benchmark::State& state) {
  const auto dimensions = static_cast<std::size_t>(state.range(0));
  const auto points = far_states(dimensions, static_cast<std::size_t>(state.range(1)));
  ObservedStates states;
  for (auto _ : state) {
    states.reset(dimensions, kSquaredRadius);
    for (const auto& point : points) benchmark::DoNotOptimize(ask(states, point));
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
  state.counters["stored"] = static_cast<double>(states.size());
}
BENCHMARK(all_new)->ArgsProduct({{20, 2000}, {10, 100, 1000}})->Unit(benchmark::kMicrosecond);

// The stored state that is near changes from question to question.
void near_one_of(benchmark::State& state) {
  const auto dimensions = static_cast<std::size_t>(state.range(0));
  const auto points = far_states(dimensions, static_cast<std::size_t>(state.range(1)));
  ObservedStates states;
  states.reset(dimensions, kSquaredRadius);
  for (const auto& point : points) ask(states, point);
  std::size_t turn = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ask(states, points[turn++ % points.size()]));
  state.SetItemsProcessed(state.iterations());
  state.counters["stored"] = static_cast<double>(states.size());
}
BENCHMARK(near_one_of)->ArgsProduct({{20, 2000}, {10, 100, 1000}})->Unit(benchmark::kMicrosecond);

// A chain that stands still.
void near_the_same(benchmark::State& state) {
  const auto dimensions = static_cast<std::size_t>(state.range(0));
  const auto points = far_states(dimensions, static_cast<std::size_t>(state.range(1)));
  ObservedStates states;
  states.reset(dimensions, kSquaredRadius);
  for (const auto& point : points) ask(states, point);
  for (auto _ : state) benchmark::DoNotOptimize(ask(states, points[0]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(near_the_same)->ArgsProduct({{20, 2000}, {100}})->Unit(benchmark::kMicrosecond);

}  // namespace

// Time of one application of each operator, sizes drawn as in a search; and of one choice among them.
#include <benchmark/benchmark.h>

#include "dflare/operators.h"

namespace {

using namespace dflare;

// Half a dark frame, half a noisy ramp: neither all constant nor all noise, as photographs and digits are.
Input test_image(Shape shape) {
  Input image(shape);
  Rng rng(7, 7);
  const std::size_t half = image.pixels.size() / 2;
  for (std::size_t i = half / 2; i < half / 2 + half; ++i) {
    image.pixels[i] = static_cast<std::uint8_t>((i * 200 / image.pixels.size()) + rng.below(40));
  }
  return image;
}

void apply(benchmark::State& state, const std::string& name, Shape shape) {
  const OperatorSet set = make_operators(name);
  const Input in = test_image(shape);
  Input out(shape);
  Rng rng(1, 2);
  for (auto _ : state) {
    set[0]->apply(in.view(), out.pixels, rng);
    benchmark::DoNotOptimize(out.pixels.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shape.size()));
}

void select(benchmark::State& state, SelectionPolicy policy) {
  OperatorSelection selection;
  selection.reset(policy, 7);
  Rng rng(1, 3);
  for (auto _ : state) {
    benchmark::DoNotOptimize(selection.next(rng));
    selection.update(rng.below(8) == 0);
  }
}

[[maybe_unused]] const bool registered = [] {
  for (const char* prefix : {"", "reference:"}) {
    for (const std::string& name : operator_names()) {
      for (const Shape shape : {Shape{28, 28, 1}, Shape{32, 32, 3}, Shape{224, 224, 3}}) {
        const std::string title = prefix + name + "/" + std::to_string(shape.height) + "x" +
                                  std::to_string(shape.width) + "x" + std::to_string(shape.channels);
        benchmark::RegisterBenchmark(title.c_str(), [=](benchmark::State& s) {
          apply(s, prefix + name, shape);
        })->Unit(benchmark::kMicrosecond);
      }
    }
  }
  benchmark::RegisterBenchmark("select/metropolis-hastings",
                               [](benchmark::State& s) { select(s, SelectionPolicy::kMetropolisHastings); });
  benchmark::RegisterBenchmark("select/uniform", [](benchmark::State& s) { select(s, SelectionPolicy::kUniform); });
  return true;
}();

}  // namespace

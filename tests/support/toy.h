// Pairs of models made of code, images to search from, and what a search said of them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dflare/model.h"
#include "dflare/search.h"
#include "dflare/seeds.h"

namespace dflare::toy {

using Function = std::function<void(InputView, std::span<float>)>;

// Two models of one shape, and how many rows each was asked.
struct ToyPair {
  std::shared_ptr<std::atomic<std::int64_t>> asked_original = std::make_shared<std::atomic<std::int64_t>>(0);
  std::shared_ptr<std::atomic<std::int64_t>> asked_compressed = std::make_shared<std::atomic<std::int64_t>>(0);
  std::unique_ptr<Model> original, compressed;

  ToyPair(Shape shape, std::size_t classes, Function f, Function g)
      : original(make_function_model(shape, classes, counting(std::move(f), asked_original))),
        compressed(make_function_model(shape, classes, counting(std::move(g), asked_compressed))) {}

  [[nodiscard]] Pair pair() const { return {original.get(), compressed.get()}; }

 private:
  static Function counting(Function f, std::shared_ptr<std::atomic<std::int64_t>> count) {
    return [f = std::move(f), count = std::move(count)](InputView in, std::span<float> out) {
      count->fetch_add(1, std::memory_order_relaxed);
      f(in, out);
    };
  }
};

inline double mean_of(InputView in) {
  double sum = 0;
  for (const std::uint8_t v : in.pixels()) sum += v;
  return sum / static_cast<double>(in.shape.size());
}

inline Input filled(Shape shape, int level) {
  Input image(shape);
  std::ranges::fill(image.pixels, static_cast<std::uint8_t>(level));
  return image;
}

inline SeedSet seeds_of(std::vector<Input> images) {
  SeedSet set;
  set.path = "toy seeds";
  for (Input& image : images) {
    Seed& seed = set.seeds.emplace_back();
    seed.input = std::move(image);
    seed.source = "row " + std::to_string(set.seeds.size() - 1);
  }
  return set;
}

// Images that differ in brightness and slope, with some noise.
inline SeedSet varied_seeds(Shape shape, int count) {
  std::vector<Input> images;
  for (int i = 0; i < count; ++i) {
    Rng rng(77, static_cast<std::uint64_t>(i));
    const double level = 40 + 175 * rng.uniform();
    const double down = 80 * (rng.uniform() - 0.5) / shape.height;
    const double right = 80 * (rng.uniform() - 0.5) / shape.width;
    Input& image = images.emplace_back(shape);
    std::size_t at = 0;
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width * shape.channels; ++x) {
        const double v = level + down * y + right * (x / shape.channels) + 6 * static_cast<double>(rng.normal());
        image.pixels[at++] = static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0));
      }
    }
  }
  return seeds_of(std::move(images));
}

// A linear classifier by 64ths of a weight; `coarse` > 0 rounds every weight to whole multiples of it, as a compression
// does.
inline Function linear(Shape shape, std::size_t classes, double coarse) {
  Rng rng(78, 0);
  std::vector<double> weights(shape.size() * classes);
  for (double& w : weights) {
    w = static_cast<double>(rng.normal());
    if (coarse > 0) w = coarse * std::round(w / coarse);
  }
  return [weights = std::move(weights)](InputView in, std::span<float> out) {
    const std::size_t pixels = in.shape.size();
    for (std::size_t c = 0; c < out.size(); ++c) {
      double z = 0;
      for (std::size_t i = 0; i < pixels; ++i) z += weights[c * pixels + i] * (in.data[i] - 128.0) / 64.0;
      out[c] = static_cast<float>(z);
    }
  };
}

inline ToyPair linear_pair(Shape shape = {8, 8, 1}, std::size_t classes = 4, double coarse = 0.5) {
  return {shape, classes, linear(shape, classes, 0), linear(shape, classes, coarse)};
}

// A pair whose compressed model presses Ctrl-C when it is asked for so many rows more.
class Interrupted {
 public:
  Interrupted(ToyPair models, LiveProgress& live) : models_(std::move(models)) {
    const auto shape = models_.original->info().shape;
    const std::shared_ptr<Model> g = std::move(models_.compressed);
    models_.compressed =
        make_function_model(shape, g->info().classes, [this, g, &live](InputView in, std::span<float> out) {
          if (left_ > 0 && --left_ == 0) live.stop = true;
          Answers answers;
          g->clone()->query({&in, 1}, answers);
          std::ranges::copy(answers.raw(0), out.begin());
        });
  }
  [[nodiscard]] Pair pair() const { return models_.pair(); }
  void after(std::int64_t rows) { left_ = rows; }

 private:
  ToyPair models_;
  std::atomic<std::int64_t> left_{0};
};

// Small and quick, the same everywhere. What a test is about it sets itself.
inline SearchSettings settings() {
  SearchSettings s;
  s.strategy.name = "dflare";
  s.output = OutputKind::kLogits;
  s.max_queries = 300;
  s.batch = 7;
  s.workers = 1;
  s.robust = 0;
  return s;
}

class CollectingSink : public EventSink {
 public:
  void write(const Events& e) override {
    events.findings.insert(events.findings.end(), e.findings.begin(), e.findings.end());
    events.not_finite.insert(events.not_finite.end(), e.not_finite.begin(), e.not_finite.end());
    events.done.insert(events.done.end(), e.done.begin(), e.done.end());
    events.unsettled.insert(events.unsettled.end(), e.unsettled.begin(), e.unsettled.end());
    events.failed.insert(events.failed.end(), e.failed.begin(), e.failed.end());
    ++writes;
  }

  Events events;
  int writes = 0;
};

inline Events search(const ToyPair& models, const SeedSet& seeds, const SearchSettings& s,
                     const std::vector<SeedIndex>& done = {}) {
  CollectingSink sink;
  Search(models.pair(), seeds, s).run(done, sink);
  return std::move(sink.events);
}

inline std::vector<SeedIndex> seeds_done(const Events& events) {
  std::vector<SeedIndex> out;
  for (const SeedDone& d : events.done) out.push_back(d.seed);
  std::sort(out.begin(), out.end());
  return out;
}

inline std::int64_t count(const Events& events, ChainEnd end) {
  return std::count_if(events.done.begin(), events.done.end(), [end](const SeedDone& d) { return d.end == end; });
}

}  // namespace dflare::toy

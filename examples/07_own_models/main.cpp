// Searches a pair of models that are no files: digits by the nearest of ten mean images, in 256 grey levels and in 4.
#include <dflare/search.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

using namespace dflare;

constexpr Shape kShape{28, 28, 1};

// One call a batch: the logit of a class is the image's likeness to the mean of the class.
std::unique_ptr<Model> nearest_mean(const char* name, std::vector<float> means) {
  return make_batch_model({.path = name, .shape = kShape, .classes = 10},
                          [means](std::span<const InputView> images, std::span<float> logits) {
                            for (std::size_t i = 0; i < logits.size(); ++i) {
                              const float* mean = means.data() + i % 10 * kShape.size();
                              double distance = 0;
                              for (const int v : images[i / 10].pixels()) distance += (v - *mean) * (v - *mean), ++mean;
                              logits[i] = static_cast<float>(-distance / 1e5);
                            }
                          });
}

struct Printer : EventSink {
  void write(const Events& events) override {
    for (const Finding& f : events.findings) {
      std::printf("seed %d: the original says %d, the compressed one %d, after %d queries\n", f.seed.value,
                  f.label_original, f.label_compressed, static_cast<int>(f.queries));
    }
  }
};

int main(int, char** argv) {
  const SeedSet seeds = load_seeds(argv[1], {.shape = kShape});
  std::vector<float> means(10 * kShape.size());
  for (const Seed& s : seeds.seeds) {
    for (std::size_t i = 0; i < kShape.size(); ++i) means[s.label * kShape.size() + i] += s.input.pixels[i] / 30.0F;
  }
  const auto original = nearest_mean("means", means);
  for (float& v : means) v = 85 * std::round(v / 85);
  const auto compressed = nearest_mean("means in 4 levels", means);

  Printer printer;
  Search search({original.get(), compressed.get()}, seeds, {.strategy = {.name = "boundary"}});
  std::printf("accuracy %.3f and %.3f\n", search.facts().accuracy_original, search.facts().accuracy_compressed);
  search.run({}, printer);
}

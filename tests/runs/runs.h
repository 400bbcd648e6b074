// Runs of models made of code, opened by an Opener of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include "dflare/run.h"
#include "dflare/run_session.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {

class Runs : public ::testing::Test {
 protected:
  Runs() {
    const SeedSet seeds = toy::varied_seeds(kShape, 6);
    std::vector<std::uint8_t> png;
    for (const Seed& seed : seeds.seeds) {
      encode_png(seed.input.view(), png);
      folder_.write("seeds/" + seed.source + ".png", png);
    }
    options_.original = folder_.write("original.onnx", std::string_view("one")).string();
    options_.compressed = folder_.write("compressed.onnx", std::string_view("two")).string();
    options_.seeds = (folder_ / "seeds").string();
    options_.output = "logits";
    options_.batch = 5;
    options_.workers = 1;
    options_.max_queries = 60;
    options_.rng_seed = 7;
  }

  std::unique_ptr<Model> open(const std::filesystem::path& path) const {
    ModelInfo info;
    info.path = path.string();
    info.shape = kShape;
    info.classes = 4;
    info.runtime = runtime_;
    const double coarse = path.filename() == "original.onnx" ? 0 : 0.5;
    const toy::Function f = toy::linear(kShape, 4, coarse);
    return make_batch_model(info, [f, broken = broken_](std::span<const InputView> rows, std::span<float> out) {
      if (*broken) throw std::runtime_error("no answer");
      for (std::size_t i = 0; i < rows.size(); ++i) f(rows[i], out.subspan(4 * i, 4));
    });
  }
  [[nodiscard]] Opener opener() const {
    return [this](const std::filesystem::path& path, const ModelOptions&) { return open(path); };
  }

  // A run begun, and `searched` of its inputs searched.
  std::unique_ptr<FindingStore> begun(std::size_t searched = 6) const {
    const OpenPair pair = open_pair(options_, opener());
    const SeedSet seeds = load_seeds(options_.seeds, seed_options(options_, pair.original->info()));
    Search search(pair.borrowed(), seeds, search_settings(options_));
    {
      NewRun run(folder_ / "run");
      run.begin(options_, pair, seeds, search, {"it looks odd"});
      std::vector<SeedIndex> left = search.plan();
      left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(std::min(searched, left.size())));
      search.run(left, run.store());
    }
    return FindingStore::open(folder_ / "run", /*writable=*/true);
  }

  static Given given(const std::string& name, const std::string& text) {
    for (const Flag* flag : flags_of(kGuard)) {
      if (flag->name == name) return {flag, text};
    }
    throw std::out_of_range(name);
  }

  static constexpr Shape kShape{8, 8, 1};
  test::Folder folder_;
  Options options_;
  std::string runtime_ = "code 1";
  std::shared_ptr<std::atomic<bool>> broken_ = std::make_shared<std::atomic<bool>>(false);  // models fail from now on
};

}  // namespace dflare

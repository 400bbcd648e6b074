// Inputs that a program has in memory.
#include "dflare/seeds_in_memory.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "core/files.h"
#include "dflare/error.h"

namespace dflare {
namespace {

void check(std::span<const InputView> images, std::span<const int> labels, const SeedOptions& options) {
  if (images.empty()) throw Error(ErrorCode::kBadArgument, "no inputs are given", "give at least one image");
  if (!labels.empty() && labels.size() != images.size()) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("{} labels for {} inputs, expected one for each", labels.size(), images.size()));
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && (options.class_count <= 0 || labels[i] < options.class_count)) continue;
    const std::string classes = options.class_count <= 0
                                    ? "a class index from 0"
                                    : fmt::format("a class of the models, 0 to {}", options.class_count - 1);
    throw Error(ErrorCode::kBadArgument, fmt::format("label {} of input {}, expected {}", labels[i], i, classes),
                "labels count from 0; see --label-offset for models that count otherwise");
  }
}

}  // namespace

SeedSet seeds_of_images(const std::filesystem::path& path, std::span<const InputView> images,
                        std::span<const int> labels, const SeedOptions& options) {
  check(images, labels, options);
  SeedSet set;
  set.path = path;
  set.labelled = !labels.empty();
  set.seeds.reserve(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    Seed& seed = set.seeds.emplace_back();
    seed.input = fit_image(images[i], options.shape, options.preprocess);
    seed.source = fmt::format("row {}", i);
    if (set.labelled) seed.label = labels[i];
  }
  return set;
}

void keep_seeds(const SeedSet& seeds, const std::filesystem::path& inputs, const std::filesystem::path& labels) {
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  const Shape shape = seeds.seeds.empty() ? Shape{} : seeds.seeds.front().input.shape;
  FileInTheMaking images(inputs);
  images.write(
      npy_header("u1", std::array{seeds.seeds.size(), axis(shape.height), axis(shape.width), axis(shape.channels)}));
  for (const Seed& seed : seeds.seeds) images.write(seed.input.pixels.data(), seed.input.pixels.size());
  images.finish();
  if (!seeds.labelled) return;
  FileInTheMaking classes(labels);
  classes.write(npy_header("i8", std::array{seeds.seeds.size()}));
  for (const Seed& seed : seeds.seeds) {
    const std::int64_t label = seed.label;
    classes.write(&label, sizeof label);
  }
  classes.finish();
}

}  // namespace dflare

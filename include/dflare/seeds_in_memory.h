// Inputs that a program has in memory, and the files that keep them with a run.
#pragma once

#include <filesystem>
#include <span>

#include "dflare/input.h"
#include "dflare/seeds.h"

namespace dflare {

// What load_seeds makes of an .npy of these images, one after another ("row 12"), at `options.shape`. `labels`: a class
// index of each, or none at all. `path` is what the set is called. Throws kBadArgument where the numbers of images and
// labels differ, for no image at all and for a label that is no class (options.class_count).
SeedSet seeds_of_images(const std::filesystem::path& path, std::span<const InputView> images,
                        std::span<const int> labels, const SeedOptions& options);

// Writes what seeds_of_images made, such that load_seeds gives the same: images to `inputs`, labels, where there are
// any, to `labels`. Throws kCannotWrite.
void keep_seeds(const SeedSet& seeds, const std::filesystem::path& inputs, const std::filesystem::path& labels);

}  // namespace dflare

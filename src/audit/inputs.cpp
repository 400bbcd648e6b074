// Labelled inputs for an audit.
#include "audit/inputs.h"

#include <algorithm>

#include "core/files.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kMostBytesOfAFile = 1ULL << 28U;

std::vector<const Seed*> spread(const std::vector<const Seed*>& all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<const Seed*> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

}  // namespace

LabelledInputs::LabelledInputs(const std::filesystem::path& path, const SeedOptions& options, std::size_t most)
    : shape_(options.shape) {
  const SeedSet set = load_seeds(path, options);
  std::vector<const Seed*> labelled;
  bool any_label = false;
  for (const Seed& seed : set.seeds) {
    any_label = any_label || seed.label >= 0;
    if (seed.label >= 0 && seed.problem.empty()) labelled.push_back(&seed);
  }
  if (!any_label) {
    throw Error(ErrorCode::kBadArgument, path.string() + ": an audit compares answers with labels, and there are none",
                "give them by --labels FILE, or by folders named after their class (see --classes)");
  }
  if (labelled.empty()) {
    throw Error(ErrorCode::kNoUsableSeed, "none of the labelled inputs in " + path.string() + " can be read");
  }
  const std::vector<const Seed*> chosen = spread(labelled, most);
  for (const Seed* seed : chosen) {
    truth_.push_back(seed->label);
    fitted_.push_back(seed->input);
  }
  if (std::filesystem::is_directory(path)) keep_originals(path, chosen, options);
}

void LabelledInputs::keep_originals(const std::filesystem::path& folder, const std::vector<const Seed*>& chosen,
                                    const SeedOptions& options) {
  const DecodeOptions decoding{options.preprocess.alpha, options.preprocess.orientation, options.max_pixels};
  bool another_size = false;
  for (const Seed* seed : chosen) {
    const auto bytes = read_file(folder / seed->source, kMostBytesOfAFile);
    originals_.push_back(decode_image(bytes, seed->source, decoding));
    const Shape& shape = originals_.back().shape;
    another_size = another_size || shape.height != shape_.height || shape.width != shape_.width;
  }
  if (!another_size) originals_.clear();
}

Batch LabelledInputs::images(const Preprocess& preprocess) const {
  Batch images(shape_, truth_.size());
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    if (are_resized()) {
      std::ranges::copy(fit_image(originals_[i].view(), shape_, preprocess).pixels, images.append().begin());
    } else {
      std::ranges::copy(fitted_[i].pixels, images.append().begin());
    }
  }
  return images;
}

}  // namespace dflare

// Inputs in Python's memory.
#include "python/images.h"

#include <utility>

#include "dflare/error.h"
#include "dflare/seeds_in_memory.h"
#include "dflare/settings.h"

namespace dflare::python {

Images::Images(std::vector<Bytes> arrays, std::vector<int> labels)
    : arrays_(std::move(arrays)), labels_(std::move(labels)) {
  for (const Bytes& array : arrays_) {
    if (array.ndim() == 3) {
      views_.push_back(view_of(array));
      continue;
    }
    add_rows(array);
  }
}

void Images::add_rows(const Bytes& array) {
  const bool images = array.ndim() == 4 && (array.shape(3) == 1 || array.shape(3) == 3) && array.size() > 0;
  if (!images) throw Error(ErrorCode::kBadArgument, "inputs are no array of N x height x width x channels (1 or 3)");
  const auto axis = [&](std::size_t i) { return static_cast<int>(array.shape(i)); };
  const Shape shape{axis(1), axis(2), axis(3)};
  for (std::size_t i = 0; i < array.shape(0); ++i) views_.push_back({shape, array.data() + i * shape.size()});
}

Loader loader_of(const Images* images) {
  if (images == nullptr) return load_as_asked;
  return [images](const Options& asked, const ModelInfo& original) {
    return seeds_of_images(asked.seeds, images->views(), images->labels(), seed_options(asked, original));
  };
}

}  // namespace dflare::python

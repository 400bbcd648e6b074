// Inputs in Python's memory.
#pragma once

#include <vector>

#include "dflare/search_as_asked.h"
#include "python/function.h"

namespace dflare::python {

// Arrays of H x W x C, or of N such. Kept as long as this.
class Images {
 public:
  // Throws kBadArgument for other shapes.
  Images(std::vector<Bytes> arrays, std::vector<int> labels);

  [[nodiscard]] const std::vector<InputView>& views() const { return views_; }
  [[nodiscard]] const std::vector<int>& labels() const { return labels_; }

 private:
  void add_rows(const Bytes& array);

  std::vector<Bytes> arrays_;
  std::vector<int> labels_;
  std::vector<InputView> views_;
};

// Reads the inputs from where the options say, or takes these. Borrows them.
Loader loader_of(const Images* images);

}  // namespace dflare::python

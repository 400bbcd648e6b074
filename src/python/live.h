// Work under way, for the thread that waits for it.
#pragma once

#include <nanobind/nanobind.h>

#include <mutex>

#include "dflare/progress.h"
#include "dflare/search.h"

namespace dflare::python {

class Live {
 public:
  LiveProgress progress;

  // Keeps what the library tells of its steps. Valid as long as this.
  [[nodiscard]] Tell tell();
  [[nodiscard]] Progress told() const;

 private:
  mutable std::mutex lock_;
  Progress told_;
};

void bind_live(nanobind::module_& m);

}  // namespace dflare::python

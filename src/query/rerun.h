// The runtime alone, for the benchmark's floor.
#pragma once

namespace dflare {

// What a model opened by open_model can do besides: the runtime's own work of the last query once more, on what its
// input tensor holds. Fills nothing, reads nothing.
class Rerun {
 public:
  Rerun() = default;
  Rerun(const Rerun&) = delete;
  Rerun& operator=(const Rerun&) = delete;
  virtual ~Rerun() = default;
  virtual void rerun() = 0;
};

}  // namespace dflare

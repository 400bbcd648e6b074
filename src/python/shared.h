// An object of Python's that any thread may be the last to know.
#pragma once

#include <nanobind/nanobind.h>

#include <utility>

namespace dflare::python {

class Shared {
 public:
  explicit Shared(nanobind::object object) : object_(std::move(object)) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() {
    const nanobind::gil_scoped_acquire gil;
    object_.reset();
  }

  [[nodiscard]] const nanobind::object& object() const { return object_; }

 private:
  nanobind::object object_;
};

}  // namespace dflare::python

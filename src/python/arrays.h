// Arrays that Python gets, with memory of their own.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace dflare::python {

// A NumPy array that owns the values, as many as the extents' product. Needs the GIL.
template <class T>
nanobind::object array_of(std::unique_ptr<T[]> values, std::span<const std::size_t> extents) {
  T* const data = values.release();
  const nanobind::capsule owner(data, [](void* p) noexcept { delete[] static_cast<T*>(p); });
  return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(data, extents.size(), extents.data(), owner));
}

// The same of a copy.
template <class T>
nanobind::object array_of_copy(std::span<const T> values, const std::vector<std::size_t>& extents) {
  auto copy = std::make_unique_for_overwrite<T[]>(values.size());
  std::ranges::copy(values, copy.get());
  return array_of(std::move(copy), extents);
}

}  // namespace dflare::python

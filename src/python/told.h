// What a verb has to say, for Python.
#pragma once

#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <tuple>
#include <vector>

#include "dflare/text_style.h"

namespace dflare::python {

// As JSON, as a person reads it, and what is to be said besides.
using Told = std::tuple<std::string, std::string, std::vector<std::string>>;

inline constexpr TextStyle kPlain{.colours = false};

// More of what is to be said.
inline void add_to(std::vector<std::string>& notes, const std::vector<std::string>& more) {
  notes.insert(notes.end(), more.begin(), more.end());
}

}  // namespace dflare::python

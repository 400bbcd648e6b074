// Failures of the library as Python's exceptions.
#pragma once

#include <nanobind/nanobind.h>

#include <string>

namespace dflare::python {

// "ValueError: no such class", for a reader who sees the traceback elsewhere. Needs the GIL.
std::string in_words(const nanobind::python_error& e);

// From now on a dflare::Error becomes the class of its code in dflare.errors, with message and hint.
void translate_errors();

}  // namespace dflare::python

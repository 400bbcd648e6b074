// Failures of the library as Python's exceptions.
#include "python/errors.h"

#include <nanobind/nanobind.h>

#include <exception>
#include <filesystem>
#include <string>

#include "dflare/error.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

const char* class_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadArgument:
      return "BadArgument";
    case ErrorCode::kBadInput:
      return "BadInput";
    case ErrorCode::kModelFailed:
      return "ModelFailed";
    case ErrorCode::kCannotWrite:
      return "CannotWrite";
    case ErrorCode::kNoUsableSeed:
      return "NoUsableSeed";
  }
  return "Error";
}

void raise(const char* name, const std::string& message, const std::string& hint) {
  const nb::object type = nb::module_::import_("dflare.errors").attr(name);
  const nb::object error = type(nb::str(message.data(), message.size()), nb::str(hint.data(), hint.size()));
  PyErr_SetObject(type.ptr(), error.ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& e) {
    raise(class_of(e.code()), e.what(), e.hint());
  } catch (const std::filesystem::filesystem_error& e) {
    raise("BadInput", e.path1().string() + ": " + e.code().message(), {});
  }
}

}  // namespace

std::string in_words(const nb::python_error& e) {
  const nb::object name = e.type().attr("__name__");
  const nb::object text = nb::str(e.value());
  return std::string(nb::cast<nb::str>(name).c_str()) + ": " + nb::cast<nb::str>(text).c_str();
}

void translate_errors() { nb::register_exception_translator(translate); }

}  // namespace dflare::python

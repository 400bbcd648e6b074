// The extension dflare._core: what the package's Python calls, and nobody else.
#include <nanobind/nanobind.h>

#include "python/errors.h"
#include "python/function.h"
#include "python/live.h"
#include "python/options.h"
#include "python/own_code.h"
#include "python/work.h"

namespace nb = nanobind;

NB_MODULE(_core, m) {
  namespace python = dflare::python;
  m.doc() = "The engine. Use the package dflare, which says what things are.";
  nb::set_leak_warnings(false);  // an exception that a program keeps keeps models: no fault to print about at its end
  m.attr("version") = DFLARE_VERSION;
  python::translate_errors();
  python::bind_options(m);
  python::bind_live(m);
  python::bind_function(m);
  python::bind_own_code(m);
  python::bind_search(m);
  python::bind_parts(m);
  python::bind_reports(m);
  python::bind_learning(m);
  python::bind_gate(m);
  python::bind_reading(m);
  python::bind_feeding(m);
}

// What the verbs do, for Python: without the GIL, watched and ended through a Live.
#pragma once

#include <nanobind/nanobind.h>

namespace dflare::python {

void bind_search(nanobind::module_& m);    // search, resume, show
void bind_parts(nanobind::module_& m);     // searches in shares, runs joined
void bind_reports(nanobind::module_& m);   // inspect, rank
void bind_learning(nanobind::module_& m);  // guard, repair
void bind_gate(nanobind::module_& m);      // profile, check, replay, compare
void bind_reading(nanobind::module_& m);   // runs as they lie in their folders
void bind_feeding(nanobind::module_& m);   // what a model is fed, and how long it takes

}  // namespace dflare::python

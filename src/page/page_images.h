// Which findings and inputs of a run are shown as pictures, and those pictures.
#pragma once

#include "dflare/run_page.h"

namespace dflare {

// Fills in page.pictures and every `picture`, puts findings with one first, and notes what is not shown and why. The
// findings, seeds and the run are there already.
void add_pictures(const FindingStore& store, std::size_t picture_bytes, RunPage& page);

}  // namespace dflare

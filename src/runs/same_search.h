// Whether two runs are of one search.
#pragma once

#include <string>
#include <vector>

#include "dflare/run.h"

namespace dflare {

// Throws kBadInput naming what differs, where `other` is not of the same models, inputs and settings as `first`. How a
// search is shared out and how fast it goes does not count, nor where files lie.
void check_same_search(const RecordedRun& first, const RecordedRun& other);

// A sentence for each difference that may change answers, but need not.
std::vector<std::string> differences_of_machines(const RecordedRun& first, const RecordedRun& other);

}  // namespace dflare

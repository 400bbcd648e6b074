// A crash inside a runtime is told: which model was being opened or asked, and what becomes of the run.
#pragma once

#include <filesystem>

namespace dflare::cli {

// From here on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT are told on standard error. Inside a model's runtime they
// end the program with exit code 3; elsewhere as the system would.
void tell_crashes();

// What such a message says of the run that is being written: nothing of none.
void crashes_leave(const std::filesystem::path& run);

}  // namespace dflare::cli

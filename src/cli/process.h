// What the process is given by the system, set right before anything else happens.
#pragma once

namespace dflare::cli {

// A standard stream that is closed is opened on nothing, so that no file of ours gets its number and is printed into.
// Writing where nobody reads, or beyond a limit of the file's size, is an error of that write and ends nothing.
void prepare_process();

}  // namespace dflare::cli

// Threads that do one thing together.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace dflare {

// What a worker does, given its number from 0 on. It ends soon once `failed` is set: another worker threw.
using WorkerBody = std::function<void(int number, const std::atomic<bool>& failed)>;

// Runs `body` in n threads (n >= 1; this one is number 0) and waits for all. Where the system gives fewer threads,
// fewer do the work. Rethrows the first failure.
void run_workers(std::size_t n, const WorkerBody& body);

}  // namespace dflare

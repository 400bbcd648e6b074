// Hot integer and float loops compiled twice, for AVX2 and for any x86-64, chosen when the program loads.
#pragma once

// Both versions give identical bits: no loop under this mark depends on the order of its sums, and -ffp-contract=off
// keeps a multiply and an add two roundings. Left out where the loader's choice is not possible: ThreadSanitizer
// instruments the chooser, which runs before its runtime is up.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__)
#define DFLARE_TARGET_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define DFLARE_TARGET_CLONES
#endif

// Sound files in memory, as libsndfile reads and writes them.
#pragma once

#include <sndfile.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace dflare {

// The bytes of a file, borrowed, and where it is read or written.
struct SoundBytes {
  std::vector<std::uint8_t>* bytes;
  sf_count_t at = 0;
};

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

// SFM_READ or SFM_WRITE; null where it cannot be (sf_strerror(nullptr) tells why). `file` outlives it, and holds all
// that is written only when the SoundFile is gone.
SoundFile open_sound(SoundBytes& file, int mode, SF_INFO& info);

}  // namespace dflare

// Reading and writing where there is no file.
#include "core/sound_file.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace dflare {
namespace {

sf_count_t length_of(void* user) { return std::ssize(*static_cast<SoundBytes*>(user)->bytes); }
sf_count_t tell(void* user) { return static_cast<SoundBytes*>(user)->at; }
sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto& file = *static_cast<SoundBytes*>(user);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : std::ssize(*file.bytes);
  return file.at = std::max<sf_count_t>(from + offset, 0);
}
sf_count_t read(void* to, sf_count_t count, void* user) {
  auto& file = *static_cast<SoundBytes*>(user);
  const sf_count_t got = std::clamp<sf_count_t>(std::ssize(*file.bytes) - file.at, 0, count);
  if (got > 0) std::memcpy(to, file.bytes->data() + file.at, static_cast<std::size_t>(got));
  file.at += got;
  return got;
}
sf_count_t write(const void* from, sf_count_t count, void* user) {
  auto& file = *static_cast<SoundBytes*>(user);
  file.bytes->resize(static_cast<std::size_t>(std::max<sf_count_t>(std::ssize(*file.bytes), file.at + count)));
  std::memcpy(file.bytes->data() + file.at, from, static_cast<std::size_t>(count));
  file.at += count;
  return count;
}

}  // namespace

SoundFile open_sound(SoundBytes& file, int mode, SF_INFO& info) {
  SF_VIRTUAL_IO io{length_of, seek, read, write, tell};
  return {sf_open_virtual(&io, mode, &info, &file), sf_close};
}

}  // namespace dflare

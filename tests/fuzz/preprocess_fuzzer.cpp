// Any text is a preprocessing or an error; a preprocessing written as text is read back as it was.
#include <cstdlib>
#include <string_view>

#include "dflare/error.h"
#include "dflare/preprocess.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.ends_with(".toml")) return 0;  // names a file
  dflare::Preprocess read;
  try {
    read = dflare::parse_preprocess(text);
  } catch (const dflare::Error&) {
    return 0;
  }
  if (dflare::parse_preprocess(dflare::to_string(read)) != read) std::abort();
  return 0;
}

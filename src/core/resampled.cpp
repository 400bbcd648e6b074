// libsamplerate on a whole sound at once.
#include "core/resampled.h"

#include <fmt/format.h>
#include <samplerate.h>

#include <cmath>

#include "dflare/error.h"

namespace dflare {

std::vector<float> resampled(std::span<const float> samples, double ratio) {
  const double wanted = std::ceil(static_cast<double>(samples.size()) * ratio);
  std::vector<float> out(std::isfinite(wanted) ? static_cast<std::size_t>(wanted) + 1 : 0);
  SRC_DATA work{.data_in = samples.data(),
                .data_out = out.data(),
                .input_frames = std::ssize(samples),
                .output_frames = std::ssize(out),
                .input_frames_used = 0,
                .output_frames_gen = 0,
                .end_of_input = 1,
                .src_ratio = ratio};
  if (const int failed = src_simple(&work, SRC_SINC_MEDIUM_QUALITY, 1); failed != 0) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a sound cannot be had at {:g} times its rate: {}", ratio, src_strerror(failed)));
  }
  out.resize(static_cast<std::size_t>(work.output_frames_gen));
  return out;
}

}  // namespace dflare

// Everything that a search told, as text without its times: what must be equal however it was run.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "dflare/finding.h"

namespace dflare::toy {

inline std::string hex(const std::vector<std::uint8_t>& bytes) {
  std::string out;
  for (const std::uint8_t b : bytes) out += fmt::format("{:02x}", b);
  return out;
}

inline std::string told(const Finding& f) {
  return fmt::format(
      "finding {}.{} {} seed label {} labels {} {} p {:a} {:a} margins {:a} {:a} severity {:a} tie {} flaky {} "
      "robust {} of {} linf {:a} l2 {:a} ssim {:a} queries {} found at {:a} refine queries {} how {} png {}",
      f.seed.value, f.ordinal, to_string(f.kind), f.seed_label, f.label_original, f.label_compressed, f.p_original,
      f.p_compressed, f.margin_original, f.margin_compressed, f.severity, f.tie, f.flaky, f.robust.deviating,
      f.robust.asked, f.distance.linf, f.distance.l2, f.distance.ssim, f.queries, f.severity_found, f.refine_queries,
      f.how, hex(f.png));
}

inline std::string told(const NotFinite& n) {
  return fmt::format("not finite {} {} {} png {}", n.seed.value, n.original, n.compressed, hex(n.png));
}

inline std::string told(const SeedDone& d) {
  return fmt::format("done {} {} queries {} refine queries {} confirmations {} ties {} flaky {} not finite {}",
                     d.seed.value, to_string(d.end), d.queries, d.refine_queries, d.confirmations, d.ties, d.flaky,
                     d.not_finite);
}

// One line an event, in an order that does not depend on when it happened.
inline std::vector<std::string> told(const Events& events) {
  std::vector<std::string> lines;
  for (const Finding& f : events.findings) lines.push_back(told(f));
  for (const NotFinite& n : events.not_finite) lines.push_back(told(n));
  for (const SeedDone& d : events.done) lines.push_back(told(d));
  std::sort(lines.begin(), lines.end());
  return lines;
}

inline void append(Events& to, const Events& more) {
  to.findings.insert(to.findings.end(), more.findings.begin(), more.findings.end());
  to.not_finite.insert(to.not_finite.end(), more.not_finite.begin(), more.not_finite.end());
  to.done.insert(to.done.end(), more.done.begin(), more.done.end());
}

}  // namespace dflare::toy

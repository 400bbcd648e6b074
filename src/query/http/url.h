// Where a model is served: http://HOST:PORT/v2/models/NAME.
#pragma once

#include <filesystem>
#include <string>

namespace dflare::http {

struct Url {
  std::string model;   // as given, without a slash at its end
  std::string server;  // ".../v2"
};

// Throws kBadInput for another form, saying what is expected.
Url parse_url(const std::filesystem::path& model);

}  // namespace dflare::http

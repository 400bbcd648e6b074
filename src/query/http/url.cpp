// Where a model is served: http://HOST:PORT/v2/models/NAME.
#include "query/http/url.h"

#include <fmt/format.h>

#include <string_view>

#include "dflare/error.h"
#include "dflare/model_files.h"

namespace dflare {

bool is_remote(const std::filesystem::path& model) {
  return model.native().starts_with("http://") || model.native().starts_with("https://");
}

namespace http {

Url parse_url(const std::filesystem::path& model) {
  constexpr std::string_view kModels = "/v2/models/";
  Url url{.model = model.string(), .server = {}};
  while (url.model.ends_with('/')) url.model.pop_back();
  const std::size_t host = url.model.find("://") + 3;
  const std::size_t path = url.model.find('/', host);
  const std::size_t models = url.model.find(kModels, host);
  const bool named = models != std::string::npos && models + kModels.size() < url.model.size();
  if (!named || path == host || url.model.find_first_of("?# \t\n") != std::string::npos) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no address of a model", url.model),
                "write http://HOST:PORT/v2/models/NAME, with /versions/V behind it where that matters");
  }
  if (url.model.substr(host, path - host).find('@') != std::string::npos) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}://...: the address holds a name or a password, and runs record it",
                            url.model.substr(0, host - 3)),
                "reach the server by a tunnel, as ssh -L 8000:localhost:8000 HOST");
  }
  url.server = url.model.substr(0, models + 3);
  return url;
}

}  // namespace http
}  // namespace dflare

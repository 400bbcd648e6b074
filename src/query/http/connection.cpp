// Requests by HTTP, by libcurl.
#include "query/http/connection.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "dflare/error.h"

namespace dflare::http {
namespace {

constexpr long kConnectSeconds = 10;

// What is used of libcurl.
struct Api {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_setopt) setopt = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_getinfo) getinfo = nullptr;
  decltype(&curl_easy_strerror) strerror = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_all = nullptr;
};

void* open_library() {
  const char* const chosen = std::getenv("DFLARE_CURL");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (chosen != nullptr && *chosen != 0) return dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so"}) {
    if (void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

template <class F>
void find(void* library, F& function, const char* name) {
  function = reinterpret_cast<F>(dlsym(library, name));
  if (function == nullptr) {
    throw Error(ErrorCode::kModelFailed, fmt::format("libcurl has no {}", name), "install libcurl 7.84 or newer");
  }
}

Api load() {
  void* const library = open_library();  // never closed
  if (library == nullptr) {
    throw Error(ErrorCode::kModelFailed, "a remote model is asked by libcurl, which cannot be opened",
                "install it (Debian: apt-get install libcurl4), or name the library: DFLARE_CURL=FILE");
  }
  Api api;
  find(library, api.global_init, "curl_global_init");
  find(library, api.init, "curl_easy_init");
  find(library, api.cleanup, "curl_easy_cleanup");
  find(library, api.setopt, "curl_easy_setopt");
  find(library, api.perform, "curl_easy_perform");
  find(library, api.getinfo, "curl_easy_getinfo");
  find(library, api.strerror, "curl_easy_strerror");
  find(library, api.append, "curl_slist_append");
  find(library, api.free_all, "curl_slist_free_all");
  api.global_init(CURL_GLOBAL_DEFAULT);
  return api;
}

const Api& api() {
  static const Api loaded = load();
  return loaded;
}

Failed::Why why_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return Failed::Why::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return Failed::Why::kHung;
    default:
      return Failed::Why::kOther;
  }
}

}  // namespace

struct Connection::State {
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> words{};
  Answer answer;
  std::size_t most = 0;

  // As libcurl wants it; what is beyond `most` ends the request.
  static std::size_t take_body(char* data, std::size_t one, std::size_t count, void* self) {
    State& s = *static_cast<State*>(self);
    const std::size_t bytes = one * count;
    if (s.answer.body.size() + bytes > s.most) return 0;
    s.answer.body.append(data, bytes);
    return bytes;
  }

  static std::size_t take_header(char* data, std::size_t one, std::size_t count, void* self) {
    constexpr std::string_view kName = "inference-header-content-length:";
    const std::size_t bytes = one * count;
    const std::string_view line(data, bytes);
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 'a' - 'A' : a) == b; };
    if (line.size() > kName.size() && std::ranges::equal(line.substr(0, kName.size()), kName, same)) {
      const std::string_view value = line.substr(std::min(line.size(), line.find_first_not_of(' ', kName.size())));
      std::from_chars(value.data(), value.data() + value.size(), static_cast<State*>(self)->answer.json_bytes);
    }
    return bytes;
  }

  void prepare(const std::string& url, double seconds) {
    const auto& set = api().setopt;
    answer = {};
    words.front() = 0;
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_TIMEOUT_MS, seconds <= 0 ? 0L : std::max(1L, static_cast<long>(seconds * 1000)));
  }

  Answer perform() {
    const CURLcode code = api().perform(handle);
    if (code == CURLE_OK) {
      api().getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
      return std::move(answer);
    }
    if (code == CURLE_WRITE_ERROR) throw Failed{Failed::Why::kOther, fmt::format("answers more than {} bytes", most)};
    throw Failed{why_of(code),
                 fmt::format("gives no whole answer: {}", words.front() != 0 ? words.data() : api().strerror(code))};
  }
};

Connection::Connection() : state_(std::make_unique<State>()) {
  const Api& curl = api();
  State& s = *state_;
  s.handle = curl.init();
  if (s.handle == nullptr) throw Error(ErrorCode::kModelFailed, "libcurl gives no connection");
  curl.setopt(s.handle, CURLOPT_NOSIGNAL, 1L);
  curl.setopt(s.handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl.setopt(s.handle, CURLOPT_ERRORBUFFER, s.words.data());
  curl.setopt(s.handle, CURLOPT_WRITEFUNCTION, &State::take_body);
  curl.setopt(s.handle, CURLOPT_WRITEDATA, &s);
  curl.setopt(s.handle, CURLOPT_HEADERFUNCTION, &State::take_header);
  curl.setopt(s.handle, CURLOPT_HEADERDATA, &s);
}

Connection::~Connection() { api().cleanup(state_->handle); }

Answer Connection::get(const std::string& url, double seconds, std::size_t most) {
  State& s = *state_;
  s.prepare(url, seconds);
  s.most = most;
  api().setopt(s.handle, CURLOPT_HTTPGET, 1L);
  api().setopt(s.handle, CURLOPT_HTTPHEADER, nullptr);
  return s.perform();
}

Answer Connection::post(const std::string& url, std::span<const std::string> headers, std::span<const std::byte> body,
                        double seconds, std::size_t most) {
  State& s = *state_;
  s.prepare(url, seconds);
  s.most = most;
  curl_slist* list = api().append(nullptr, "Expect:");  // no round trip before the body
  for (const std::string& header : headers) list = api().append(list, header.c_str());
  api().setopt(s.handle, CURLOPT_POST, 1L);
  api().setopt(s.handle, CURLOPT_POSTFIELDS, body.data());
  api().setopt(s.handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  api().setopt(s.handle, CURLOPT_HTTPHEADER, list);
  const auto free = [](curl_slist* l) { api().free_all(l); };
  const std::unique_ptr<curl_slist, decltype(free)> freed(list, free);
  return s.perform();
}

}  // namespace dflare::http

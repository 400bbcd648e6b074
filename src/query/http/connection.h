// Requests by HTTP, over a connection that stays open. libcurl is opened at run time, when the first model is remote.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dflare::http {

// What a request was answered.
struct Answer {
  long status = 0;
  std::size_t json_bytes = 0;  // Inference-Header-Content-Length: what of the body is JSON; 0: not said
  std::string body;
};

// No whole answer came.
struct Failed {
  enum class Why {
    kUnreachable,  // refused, reset, cut off: worth another try
    kHung,         // the time was up
    kOther,        // more than was expected, no HTTP, no certificate
  };
  Why why = Why::kOther;
  std::string what;  // in a sentence after the server's name
};

// One caller at a time. It sets no signal handler; proxies are those of the environment.
class Connection {
 public:
  // Throws kModelFailed where libcurl is not there.
  Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // `seconds` for all of it, 0: no limit; `most` bytes of an answer are taken. Throw Failed.
  Answer get(const std::string& url, double seconds, std::size_t most);
  Answer post(const std::string& url, std::span<const std::string> headers, std::span<const std::byte> body,
              double seconds, std::size_t most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dflare::http

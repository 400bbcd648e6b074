// A classifier behind a server: one connection an instance, which stays open.
#include "query/http/http_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "core/pacer.h"
#include "dflare/error.h"
#include "query/buffer.h"
#include "query/fill.h"
#include "query/http/connection.h"
#include "query/http/protocol.h"
#include "query/http/url.h"
#include "query/tensors.h"

namespace dflare {
namespace {

using http::Answer;
using http::Connection;
using http::Failed;
using http::RemoteModel;
using http::RemoteServer;
using http::RemoteTensor;

// Rows asked at once where nobody reserved more.
constexpr std::size_t kUsualRows = 64;
// Bytes of a description that are taken; of an answer, beyond what its values may take.
constexpr std::size_t kMostDescribed = 1'000'000, kBesideValues = 100'000, kMostAValue = 32;
// A server that is away is asked again after 0.1 s, then after twice as long, for half a minute.
constexpr double kFirstPause = 0.1, kLongestPause = 5, kAwaySeconds = 30;
constexpr long kOk = 200, kBusy = 429, kBadGateway = 502, kGatewayTimeout = 504, kNotFound = 404;

bool is_away(long status) { return status == kBusy || (status >= kBadGateway && status <= kGatewayTimeout); }

// What all instances of a model share.
struct Service {
  http::Url url;
  double query_timeout = 0;  // seconds; 0: none
  ModelInfo info;
  RemoteTensor input;
  std::vector<RemoteTensor> outputs;  // that are read
  std::vector<std::size_t> values;    // of each, in a row
  std::optional<Filler> filler;
  bool binary = false;
  int most_rows = 0;  // 0: not said

  Service(const std::filesystem::path& path, const ModelOptions& options);

  [[nodiscard]] Error error(const std::string& what, const std::string& hint = {}) const {
    return {ErrorCode::kModelFailed, fmt::format("{}: {}", url.model, what), hint};
  }

 private:
  // What the server describes at an address; nothing where it does not.
  [[nodiscard]] std::optional<std::string> described(Connection& connection, const std::string& address) const;
  void choose(const RemoteModel& remote, const ModelOptions& options);
  void describe(const RemoteModel& remote, const RemoteServer& server, const ModelOptions& options);
};

Service::Service(const std::filesystem::path& path, const ModelOptions& options)
    : url(http::parse_url(path)), query_timeout(options.query_timeout) {
  Connection connection;
  const std::optional<std::string> model = described(connection, url.model);
  if (!model) throw error("its server knows no such model", "check its name in the address");
  const RemoteServer server = http::read_server(described(connection, url.server).value_or(""));
  binary = server.binary;
  if (server.config) most_rows = http::most_rows_of(described(connection, url.model + "/config").value_or(""));
  const RemoteModel remote = http::read_model(url.model, *model);
  choose(remote, options);
  describe(remote, server, options);
}

std::optional<std::string> Service::described(Connection& connection, const std::string& address) const {
  try {
    Answer answer = connection.get(address, query_timeout, kMostDescribed);
    if (answer.status == kOk) return std::move(answer.body);
    if (answer.status == kNotFound || address != url.model) return std::nullopt;
    throw error(fmt::format("its server answers HTTP {}: {}", answer.status, http::error_in(answer.body)));
  } catch (const Failed& failed) {
    throw error("its server " + failed.what, "is it running, and is the address right?");
  }
}

void Service::choose(const RemoteModel& remote, const ModelOptions& options) {
  if (remote.inputs.size() > 1) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: takes {} inputs, expected one", url.model, remote.inputs.size()),
                "serve a model that takes the searched input alone");
  }
  input = remote.inputs.front();
  std::vector<NamedOutput> named;
  for (const RemoteTensor& output : remote.outputs) named.push_back({output.name, output.dims});
  for (const std::size_t chosen : choose_outputs(url.model, named, options)) outputs.push_back(remote.outputs[chosen]);
  std::vector<RemoteTensor> all = outputs;
  all.push_back(input);
  for (const RemoteTensor& tensor : all) {
    if (tensor.readable) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: '{}' is {}, expected FP32, FP16, UINT8, INT8, INT16 or INT32", url.model, tensor.name,
                            tensor.datatype),
                "--output-name NAME takes another output");
  }
}

void Service::describe(const RemoteModel& remote, const RemoteServer& server, const ModelOptions& options) {
  const ImageTensor image = read_input_tensor(url.model, input.dims, options, Layout::kNchw);
  const std::int64_t batch = input.dims.front();
  input.dims = image.dims;
  info.path = url.model;
  info.runtime = fmt::format("http ({}{}{}{}{})", server.name.empty() ? "a server" : server.name,
                             server.version.empty() ? "" : " ", server.version, remote.platform.empty() ? "" : ", ",
                             remote.platform);
  info.input_name = input.name;
  info.output_name = outputs.front().name;
  info.input_type = to_string(input.type);
  info.output_type = to_string(outputs.front().type);
  info.kind = options.kind;
  info.shape = image.shape;
  info.layout = image.layout;
  info.scores = options.output_form == OutputForm::kScores;
  info.fixed_batch = batch > 0 ? static_cast<int>(batch) : 0;
  info.ends_hangs = query_timeout > 0;
  for (RemoteTensor& output : outputs) {
    info.parts.push_back(part_of(output.name, output.dims));
    values.push_back(read_values(url.model, output.dims, options.output_form));
    info.classes += values.back();
    if (output.type == ElementType::kFloat16 && !binary) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: '{}' is FP16, which its server cannot send: it has no binary tensors", url.model,
                              output.name));
    }
  }
  // Bytes are the image itself: what is done to them is the server's business.
  filler.emplace(info.shape, info.layout, input.type == ElementType::kUint8 ? Preprocess{} : options.preprocess,
                 input.type, Quantisation{});
  info.levels = filler->levels();
}

class HttpModel final : public Model {
 public:
  explicit HttpModel(std::shared_ptr<const Service> service) : service_(std::move(service)) {}

  [[nodiscard]] const ModelInfo& info() const override { return service_->info; }
  void query(std::span<const InputView> inputs, Answers& out) override;
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<HttpModel>(service_); }
  void reserve(std::size_t rows) override { reserved_ = rows; }

 private:
  [[nodiscard]] std::size_t most_rows() const;
  // Asks some rows, all that the server takes at once.
  void run(std::span<const InputView> inputs, std::span<float> raw);
  // The whole answer to the question; where the server is away or cuts it off, asked again. A query counts once
  // however often it is sent: a model remembers nothing.
  [[nodiscard]] Answer exchange(std::size_t most);

  std::shared_ptr<const Service> service_;
  Connection connection_;
  std::size_t reserved_ = 0;
  TensorBuffer tensor_;
  http::Question question_;
};

std::size_t HttpModel::most_rows() const {
  if (info().fixed_batch > 0) return static_cast<std::size_t>(info().fixed_batch);
  const std::size_t most = std::max(reserved_, kUsualRows);
  return service_->most_rows > 0 ? std::min(most, static_cast<std::size_t>(service_->most_rows)) : most;
}

void HttpModel::query(std::span<const InputView> inputs, Answers& out) {
  const ModelInfo& known = info();
  check_query(known, inputs);
  const auto raw = out.prepare(inputs.size(), known.classes);
  for (std::size_t first = 0; first < inputs.size();) {
    const std::size_t rows = std::min(most_rows(), inputs.size() - first);
    run(inputs.subspan(first, rows), raw.subspan(first * known.classes, rows * known.classes));
    first += rows;
  }
}

void HttpModel::run(std::span<const InputView> inputs, std::span<float> raw) {
  const Filler& filler = *service_->filler;
  const std::size_t rows = info().fixed_batch > 0 ? static_cast<std::size_t>(info().fixed_batch) : inputs.size();
  const std::size_t bytes = rows * filler.row_bytes();
  tensor_.grow(bytes);
  filler.fill_rows(inputs, rows, tensor_.data());
  http::write_question(question_, service_->input, rows, {tensor_.data(), bytes}, service_->outputs, service_->binary);
  const std::size_t classes = info().classes;
  const Answer answer = exchange(rows * classes * kMostAValue + kBesideValues);
  if (rows == inputs.size()) {
    http::read_answer(service_->url.model, answer, service_->outputs, service_->values, rows, raw);
    return;
  }
  std::vector<float> all(rows * classes);
  http::read_answer(service_->url.model, answer, service_->outputs, service_->values, rows, all);
  std::copy_n(all.begin(), raw.size(), raw.begin());
}

Answer HttpModel::exchange(std::size_t most) {
  const std::string address = service_->url.model + "/infer";
  const double limit = service_->query_timeout;
  const Elapsed elapsed;
  for (double pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    std::string why;
    try {
      const double left = limit > 0 ? std::max(0.001, limit - elapsed.seconds()) : 0;
      Answer answer = connection_.post(address, question_.headers, question_.body, left, most);
      if (answer.status == kOk) return answer;
      why = fmt::format("answers HTTP {}: {}", answer.status, http::error_in(answer.body));
      if (!is_away(answer.status)) throw service_->error("its server " + why);
    } catch (const Failed& failed) {
      if (failed.why == Failed::Why::kHung) {
        throw service_->error(fmt::format("its server gave no answer within {:g} s", limit),
                              "raise --query-timeout SECONDS where it is only slow");
      }
      why = failed.what;
      if (failed.why == Failed::Why::kOther) throw service_->error("its server " + why);
    }
    const double spent = elapsed.seconds() + pause;
    if (spent > kAwaySeconds || (limit > 0 && spent > limit)) {
      throw service_->error(
          fmt::format("its server {}; for {:.0f} s it was asked again in vain", why, elapsed.seconds()),
          "`dflare resume` goes on once it is back");
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
  }
}

}  // namespace

std::unique_ptr<Model> open_http_model(const std::filesystem::path& url, const ModelOptions& options) {
  return std::make_unique<HttpModel>(std::make_shared<const Service>(url, options));
}

}  // namespace dflare

// A classifier in a child process: one child an instance, handed on to the next where an instance ends.
#include "query/exec/exec_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "dflare/error.h"
#include "dflare/model_files.h"
#include "query/buffer.h"
#include "query/exec/child.h"
#include "query/exec/protocol.h"
#include "query/fill.h"
#include "query/tensors.h"

namespace dflare {
namespace {

using exec::Child;
using exec::Fault;
using exec::FaultKind;
using exec::Hello;

// Failures in a row, with no answer between them, after which an instance starts no further child. A hang, which costs
// its whole time limit, counts as several: every third one in a row is the last.
constexpr int kMostInVain = 20, kHangCounts = 7;

ElementType element_type(exec::ElementCode code) {
  return code == exec::ElementCode::kFloat32 ? ElementType::kFloat32 : ElementType::kUint8;
}

Dims with_batch(const Dims& row, int batch) {
  Dims dims{batch > 0 ? batch : -1};
  dims.insert(dims.end(), row.begin(), row.end());
  return dims;
}

// What a child takes: a text or a sound in bytes, or a tensor.
ImageTensor input_of(const std::string& path, const Hello& hello, const ModelOptions& options) {
  const bool text = hello.input.type == exec::ElementCode::kText;
  if (text && options.kind == InputKind::kText)
    return {hello.input.dims, {1, static_cast<int>(hello.input.dims.front()), 1}, Layout::kNhwc};
  if (text) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: takes texts, and the inputs are none", path),
                "give it a .txt file of one text a line, or a folder of .txt files and --kind text");
  }
  const bool sound = hello.input.type == exec::ElementCode::kAudio;
  if (sound && options.kind == InputKind::kAudio)
    return {hello.input.dims, sound_shape(static_cast<int>(hello.input.dims.front())), Layout::kNhwc};
  if (sound) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: takes sounds, and the inputs are none", path),
                "give it a folder of .wav or .flac files");
  }
  return read_input_tensor(path, with_batch(hello.input.dims, hello.fixed_batch), options, Layout::kNhwc);
}

[[noreturn]] void refuse_text(const std::string& path) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: gives texts, which are no scores of classes", path),
              "compare their words by --oracle transcript, or choose an output of scores by --output-name");
}

// What all instances of a model share: what it is, and children that wait for an instance. Safe to use from several
// threads.
class Service {
 public:
  Service(const std::filesystem::path& path, const ModelOptions& options);

  [[nodiscard]] const ModelInfo& info() const { return info_; }
  [[nodiscard]] const Hello& hello() const { return *hello_; }
  [[nodiscard]] const Filler& filler() const { return *filler_; }
  // What is read of an answer, in the order of a row's values.
  struct Part {
    std::size_t bytes_before = 0;  // a row, of the outputs before it
    std::size_t values = 0;        // a row
    bool text = false;             // a byte each; else a float32
  };
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] exec::Patience patience() const { return exec::Patience(query_timeout_); }

  // One that waits, or a new one that has said hello. Throws Fault.
  [[nodiscard]] std::unique_ptr<Child> child();
  void give_back(std::unique_ptr<Child> child);

  // A failure for the user.
  [[nodiscard]] Error error(const Fault& fault, const std::string& last_words) const;

 private:
  [[nodiscard]] std::unique_ptr<Child> start();
  [[nodiscard]] static Hello hello_of(Child& child, exec::Patience patience);
  void describe(const ModelOptions& options);

  std::string command_;
  double query_timeout_;
  int threads_;
  ModelInfo info_;
  std::optional<Hello> hello_;
  std::optional<Filler> filler_;
  std::vector<Part> parts_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Child>> waiting_;
};

Service::Service(const std::filesystem::path& path, const ModelOptions& options)
    : command_(command_of(path)), query_timeout_(options.query_timeout), threads_(options.threads) {
  info_.path = path.string();
  if (command_.find_first_not_of(" \t\n") == std::string::npos) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: names no command", info_.path),
                "write the command behind it: exec:\"python3 server.py model.onnx\"");
  }
  try {
    waiting_.push_back(start());
  } catch (const Fault& fault) {
    throw error(fault, {});
  }
  describe(options);
}

void Service::describe(const ModelOptions& options) {
  const Hello& hello = *hello_;
  info_.runtime = hello.runtime.empty() ? "exec" : fmt::format("exec ({})", hello.runtime);
  const ElementType type = element_type(hello.input.type);
  const ImageTensor image = input_of(info_.path, hello, options);
  std::vector<NamedOutput> outputs;
  for (const auto& output : hello.outputs) outputs.push_back({output.name, with_batch(output.dims, hello.fixed_batch)});
  const bool has_text =
      std::ranges::find(hello.outputs, exec::ElementCode::kText, &exec::ChildTensor::type) != hello.outputs.end();
  if (has_text && options.output_form != OutputForm::kValues && options.output_name.empty()) refuse_text(info_.path);
  const std::vector<std::size_t> chosen = choose_outputs(info_.path, outputs, options);
  std::size_t bytes_before = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const exec::ChildTensor& output = hello.outputs[i];
    if (std::ranges::find(chosen, i) != chosen.end()) {
      const bool is_text = output.type == exec::ElementCode::kText;
      if (is_text && options.output_form != OutputForm::kValues) refuse_text(info_.path);
      parts_.push_back({bytes_before, output.elements(), is_text});
      info_.parts.push_back(part_of(outputs[i].name, outputs[i].dims));
      info_.parts.back().text = is_text;
      info_.classes += read_values(info_.path, outputs[i].dims, options.output_form);
    }
    bytes_before += output.row_bytes();
  }
  const std::string& output_name = outputs[chosen.front()].name;
  info_.input_name = hello.input.name.empty() ? "input" : hello.input.name;
  info_.output_name = output_name.empty() ? "output" : output_name;
  info_.input_type = options.kind == InputKind::kText    ? "utf-8"
                     : options.kind == InputKind::kAudio ? "int16"
                                                         : to_string(type);
  info_.output_type = info_.parts.front().text ? "utf-8" : to_string(ElementType::kFloat32);
  info_.rate = options.kind == InputKind::kAudio ? hello.rate : 0;
  info_.kind = options.kind;
  info_.shape = image.shape;
  info_.layout = image.layout;
  info_.scores = options.output_form == OutputForm::kScores;
  info_.fixed_batch = hello.fixed_batch;
  info_.ends_hangs = true;
  // Bytes are the image itself: what is done to them is the child's business.
  filler_.emplace(info_.shape, info_.layout, type == ElementType::kUint8 ? Preprocess{} : options.preprocess, type,
                  Quantisation{});
  info_.levels = filler_->levels();
}

Hello Service::hello_of(Child& child, exec::Patience patience) {
  const auto check = [](const exec::Header& header) {
    if (header.tag == exec::kHello && header.id == 0 && header.length <= exec::kLongestText) return;
    throw Fault{
        FaultKind::kGarbled,
        fmt::format("began with a frame of tag {:#x}, id {} and {} bytes, expected a hello (HELO, 0, at most {})",
                    header.tag, header.id, header.length, exec::kLongestText),
        "a child says hello first: docs/exec-models.md"};
  };
  return exec::read_hello(child.receive(check, patience).body);
}

// Faults of a child that did not get as far as its hello come with its last words.
std::unique_ptr<Child> Service::start() {
  auto child = std::make_unique<Child>(command_, threads_);
  try {
    Hello hello = hello_of(*child, patience());
    if (!hello_)
      hello_ = std::move(hello);
    else if (hello != *hello_) {
      throw Fault{FaultKind::kGarbled, "said another hello than when it was first started",
                  "each start of the command must be the same model"};
    }
  } catch (Fault& fault) {
    fault.what += ", at its start" + child->last_words();
    throw;
  }
  return child;
}

std::unique_ptr<Child> Service::child() {
  {
    const std::lock_guard lock(lock_);
    if (!waiting_.empty()) {
      auto child = std::move(waiting_.back());
      waiting_.pop_back();
      return child;
    }
  }
  return start();
}

void Service::give_back(std::unique_ptr<Child> child) {
  const std::lock_guard lock(lock_);
  waiting_.push_back(std::move(child));
}

Error Service::error(const Fault& fault, const std::string& last_words) const {
  return {ErrorCode::kModelFailed, fmt::format("{}: {}{}", info_.path, fault.what, last_words), fault.hint};
}

class ExecModel final : public Model {
 public:
  explicit ExecModel(std::shared_ptr<Service> service) : service_(std::move(service)) {}
  ExecModel(const ExecModel&) = delete;
  ExecModel& operator=(const ExecModel&) = delete;
  ~ExecModel() override {
    if (child_ != nullptr) service_->give_back(std::move(child_));
  }

  [[nodiscard]] const ModelInfo& info() const override { return service_->info(); }
  void query(std::span<const InputView> inputs, Answers& out) override;
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<ExecModel>(service_); }
  void reserve(std::size_t rows) override { reserved_ = rows; }

 private:
  [[nodiscard]] std::size_t most_rows() const;
  // Asks some rows, all that the child takes at once, and puts the chosen output's values into raw.
  void run(std::span<const InputView> inputs, std::span<float> raw);
  // The values of all outputs. Where the child dies of it, once more.
  [[nodiscard]] std::span<const std::byte> answer(std::size_t rows, std::size_t bytes);
  [[nodiscard]] std::span<const std::byte> exchange(std::size_t rows, std::size_t bytes);
  void check_answer(const exec::Header& header, std::size_t length) const;
  void get_child();

  std::shared_ptr<Service> service_;
  std::unique_ptr<Child> child_;
  std::size_t reserved_ = 0;
  std::uint32_t id_ = 0;  // of the last question
  int in_vain_ = 0;       // failures since the last answer
  std::string last_failure_;
  TensorBuffer question_;
};

std::size_t ExecModel::most_rows() const {
  const Hello& hello = service_->hello();
  const std::size_t fits = exec::kLongestRows / std::max(hello.answer_bytes(), service_->filler().row_bytes());
  std::size_t most = std::min(std::max(reserved_, kUsualRows), std::max<std::size_t>(fits, 1));
  if (hello.largest_batch > 0) most = std::min(most, static_cast<std::size_t>(hello.largest_batch));
  return hello.fixed_batch > 0 ? static_cast<std::size_t>(hello.fixed_batch) : most;
}

void ExecModel::query(std::span<const InputView> inputs, Answers& out) {
  const ModelInfo& known = info();
  check_query(known, inputs);
  const auto raw = out.prepare(inputs.size(), known.classes);
  for (std::size_t first = 0; first < inputs.size();) {
    const std::size_t rows = std::min(most_rows(), inputs.size() - first);
    run(inputs.subspan(first, rows), raw.subspan(first * known.classes, rows * known.classes));
    first += rows;
  }
}

void ExecModel::run(std::span<const InputView> inputs, std::span<float> raw) {
  constexpr std::size_t kBefore = exec::kHeaderBytes + exec::kRowsBytes;
  const Filler& filler = service_->filler();
  const std::size_t rows = info().fixed_batch > 0 ? static_cast<std::size_t>(info().fixed_batch) : inputs.size();
  const std::size_t bytes = kBefore + rows * filler.row_bytes();
  question_.grow(bytes);
  filler.fill_rows(inputs, rows, question_.data() + kBefore);
  const std::span<const std::byte> values = answer(rows, bytes);
  std::size_t at = 0;
  for (const Service::Part& part : service_->parts()) {
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      const std::span<float> to = raw.subspan(row * info().classes + at, part.values);
      const std::byte* of_rows = values.data() + rows * part.bytes_before;
      if (part.text)
        std::transform(of_rows + row * part.values, of_rows + (row + 1) * part.values, to.begin(),
                       [](std::byte b) { return static_cast<float>(std::to_integer<unsigned>(b)); });
      else
        std::memcpy(to.data(), of_rows + row * to.size_bytes(), to.size_bytes());
    }
    at += part.values;
  }
}

std::span<const std::byte> ExecModel::answer(std::size_t rows, std::size_t bytes) {
  for (bool again = false;; again = true) {
    try {
      const auto values = exchange(rows, bytes);
      in_vain_ = 0;
      return values;
    } catch (Fault& fault) {
      const std::string last_words = child_ == nullptr ? "" : child_->last_words();
      if (fault.kind != FaultKind::kTold) {
        child_.reset();
        in_vain_ += fault.kind == FaultKind::kHung ? kHangCounts : 1;
        last_failure_ = fault.what;
      }
      if (fault.kind != FaultKind::kDied || again) throw service_->error(fault, last_words);
    }
  }
}

void ExecModel::get_child() {
  if (child_ != nullptr && child_->is_ready()) return;
  child_.reset();
  if (in_vain_ >= kMostInVain) {
    throw Fault{FaultKind::kTold, "has failed so often that it is started no more: it " + last_failure_, {}};
  }
  while (child_ == nullptr) {
    child_ = service_->child();
    if (!child_->is_ready()) child_.reset();  // it ended while nobody asked
  }
}

std::span<const std::byte> ExecModel::exchange(std::size_t rows, std::size_t bytes) {
  get_child();
  exec::write_question(++id_, rows, service_->filler().row_bytes(), {question_.data(), bytes});
  exec::Patience patience = service_->patience();
  child_->send({question_.data(), bytes}, patience);
  const std::size_t length = exec::kRowsBytes + rows * service_->hello().answer_bytes();
  const auto frame = child_->receive([&](const exec::Header& header) { check_answer(header, length); }, patience);
  if (frame.header.tag == exec::kFail) throw exec::read_failure(frame.body);
  if (const std::uint32_t answered = exec::rows_of(frame.body); answered != rows) {
    throw Fault{FaultKind::kGarbled, fmt::format("answered {} rows, was asked {}", answered, rows),
                "an answer has as many rows as its question"};
  }
  return frame.body.subspan(exec::kRowsBytes);
}

void ExecModel::check_answer(const exec::Header& header, std::size_t length) const {
  if (header.tag != exec::kAnswer && header.tag != exec::kFail) {
    throw Fault{FaultKind::kGarbled,
                fmt::format("answered with a frame of tag {:#x}, expected ANSW or FAIL", header.tag),
                "docs/exec-models.md has the frames"};
  }
  if (header.id != id_) {
    throw Fault{FaultKind::kGarbled, fmt::format("answered question {}, was asked {}", header.id, id_),
                "an answer carries the id of its question"};
  }
  const bool fits = header.tag == exec::kFail ? header.length <= exec::kLongestText : header.length == length;
  if (fits) return;
  throw Fault{
      FaultKind::kGarbled,
      fmt::format("answered {} bytes, expected {} {}", header.length, header.tag == exec::kFail ? "at most" : "exactly",
                  header.tag == exec::kFail ? exec::kLongestText : length),
      "an answer holds its row count and the values of all outputs, the first output of all rows first"};
}

}  // namespace

std::unique_ptr<Model> open_exec_model(const std::filesystem::path& command, const ModelOptions& options) {
  return std::make_unique<ExecModel>(std::make_shared<Service>(command, options));
}

}  // namespace dflare

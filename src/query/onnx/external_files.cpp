// Walks an ONNX file's protobuf for tensors that are stored elsewhere. Weights inside are skipped, not read.
#include "query/onnx/external_files.h"

#include <cstdint>
#include <fstream>
#include <set>
#include <span>

namespace dflare {
namespace {

struct Damaged {};

// What a field of a message leads to.
enum class Kind { kModel, kGraph, kNode, kAttribute, kTensor, kSparse, kFunction };
struct Step {
  Kind from;
  std::uint32_t field;
  Kind to;
};
// The fields of onnx.proto3 on the way to every tensor.
constexpr Step kSteps[] = {
    {Kind::kModel, 7, Kind::kGraph},       {Kind::kModel, 25, Kind::kFunction},  {Kind::kFunction, 7, Kind::kNode},
    {Kind::kGraph, 1, Kind::kNode},        {Kind::kGraph, 5, Kind::kTensor},     {Kind::kGraph, 15, Kind::kSparse},
    {Kind::kNode, 5, Kind::kAttribute},    {Kind::kAttribute, 5, Kind::kTensor}, {Kind::kAttribute, 6, Kind::kGraph},
    {Kind::kAttribute, 10, Kind::kTensor}, {Kind::kAttribute, 11, Kind::kGraph}, {Kind::kAttribute, 22, Kind::kSparse},
    {Kind::kAttribute, 23, Kind::kSparse}, {Kind::kSparse, 1, Kind::kTensor},    {Kind::kSparse, 2, Kind::kTensor},
};
constexpr std::uint32_t kExternalData = 13, kDataLocation = 14;  // of a tensor
constexpr int kDeepest = 200;                                    // graphs within graphs

class Walk {
 public:
  explicit Walk(const std::filesystem::path& path) : file_(path, std::ios::binary) {
    file_.seekg(0, std::ios::end);
    end_ = file_.tellg();
    file_.seekg(0);
  }

  std::set<std::string> files() {
    try {
      message(Kind::kModel, end_, 0);
    } catch (const Damaged&) {
      found_.clear();
    }
    return found_;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const int byte = file_.get();
      if (byte < 0) throw Damaged();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    throw Damaged();
  }

  // Where a field of that many bytes ends, which lies within `limit`.
  std::streamoff end_of(std::uint64_t bytes, std::streamoff limit) {
    const std::streamoff here = file_.tellg();
    if (here < 0 || here > limit || bytes > static_cast<std::uint64_t>(limit - here)) throw Damaged();
    return here + static_cast<std::streamoff>(bytes);
  }

  std::string text(std::streamoff end) {
    const std::streamoff here = file_.tellg();
    if (end - here > 4096) throw Damaged();  // longer than a path can be
    std::string value(static_cast<std::size_t>(end - here), 0);
    file_.read(value.data(), end - here);
    return value;
  }

  // One field's tag; bytes of a length-delimited one, which is left unread. Others are skipped.
  struct Field {
    std::uint32_t number = 0;
    bool delimited = false;
    std::uint64_t value = 0;
    std::streamoff end = 0;
  };
  Field field(std::streamoff limit) {
    const std::uint64_t tag = varint();
    Field result{.number = static_cast<std::uint32_t>(tag >> 3U)};
    switch (tag & 7U) {
      case 0:
        result.value = varint();
        result.end = file_.tellg();
        break;
      case 1:
        result.end = end_of(8, limit);
        break;
      case 2:
        result.delimited = true;
        result.end = end_of(varint(), limit);
        break;
      case 5:
        result.end = end_of(4, limit);
        break;
      default:
        throw Damaged();
    }
    return result;
  }

  void message(Kind kind, std::streamoff end, int depth) {
    if (depth > kDeepest) throw Damaged();
    std::string location;
    bool elsewhere = false;
    while (file_.tellg() < end) {
      const Field inner = field(end);
      if (inner.delimited) {
        for (const Step& step : kSteps) {
          if (step.from == kind && step.field == inner.number) message(step.to, inner.end, depth + 1);
        }
      }
      if (kind == Kind::kTensor && inner.number == kExternalData && inner.delimited) read_entry(inner.end, location);
      if (kind == Kind::kTensor && inner.number == kDataLocation) elsewhere = inner.value == 1;
      file_.seekg(inner.end);
      if (!file_) throw Damaged();
    }
    if (elsewhere && !location.empty()) found_.insert(location);
  }

  // One pair of a tensor's external data; its place when it is that.
  void read_entry(std::streamoff end, std::string& location) {
    std::string key;
    std::string value;
    while (file_.tellg() < end) {
      const Field inner = field(end);
      if (inner.delimited && inner.number == 1) key = text(inner.end);
      if (inner.delimited && inner.number == 2) value = text(inner.end);
      file_.seekg(inner.end);
    }
    if (key == "location") location = value;
  }

  std::ifstream file_;
  std::streamoff end_ = 0;
  std::set<std::string> found_;
};

}  // namespace

std::vector<std::string> external_files(const std::filesystem::path& model) {
  const auto found = Walk(model).files();
  return {found.begin(), found.end()};
}

}  // namespace dflare

// A child of exec: models that does what a test wants of it: exec_child OPTION...
//   u8, f32            type of its input (u8)
//   text=N             it takes texts of up to N bytes
//   audio=N rate=R     it takes sounds of up to N samples, R a second
//   says=N             it gives a text of up to N bytes too: how many bytes a row has
//   size=HxWxC         of an image (8x8x1)
//   fixed=N, largest=N its batches; runtime=TEXT; version=N; two-outputs: a second one comes first, with 2 values
//   a fault, or one that happens when the first pixel of a row is above 150 only (dark images are answered): see main()
// Answers the first value, half the last, and 1. Written without dflare's own code, from docs/exec-models.md.
#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using Bytes = std::string;

std::map<std::string, std::string> options;
int in_fd = -1, out_fd = -1;

bool has(const char* name) { return options.contains(name); }
std::uint32_t number(const char* name, std::uint32_t otherwise) {
  return has(name) ? static_cast<std::uint32_t>(std::stoul(options[name])) : otherwise;
}

Bytes u32(std::uint32_t value) {
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::uint32_t read_u32(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << 8 * i;
  return value;
}

Bytes field(const char* tag, const Bytes& body) { return tag + u32(static_cast<std::uint32_t>(body.size())) + body; }
Bytes frame(const char* tag, std::uint32_t id, const Bytes& body) {
  return std::string("DFLR") + tag + u32(id) + u32(static_cast<std::uint32_t>(body.size())) + body;
}

void write_out(const Bytes& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = write(out_fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) std::exit(9);
    done += static_cast<std::size_t>(n);
  }
}

Bytes read_in(std::size_t size) {
  Bytes bytes(size, '\0');
  for (std::size_t have = 0; have < size;) {
    const ssize_t n = read(in_fd, bytes.data() + have, size - have);
    if (n <= 0) std::exit(0);
    have += static_cast<std::size_t>(n);
  }
  return bytes;
}

[[noreturn]] void hang() {
  for (;;) pause();
}

void print_megabytes() {
  const std::string line(99, 'x');
  for (int i = 0; i < 60'000; ++i) {
    std::cerr << line << '\n';
    std::cout << line << '\n';
  }
  std::cerr << "the last line\n" << std::flush;
  std::cout.flush();
}

// Counts how often a child of this test was started, in the file of the option.
int starts(const char* option) {
  int count = 0;
  std::ifstream(options[option]) >> count;
  std::ofstream(options[option]) << count + 1;
  return count;
}

struct Shape {
  std::uint32_t height = 8, width = 8, channels = 1;
};

Bytes hello(const Shape& shape) {
  const std::uint32_t type = has("f32") ? 2 : 1;
  Bytes body = u32(number("version", 1));
  if (has("text"))
    body += field("INPT", u32(3) + u32(number("rank", 1)) + u32(number("text", 0)) + "line");
  else if (has("audio"))
    body += field("INPT", u32(4) + u32(number("rank", 1)) + u32(number("audio", 0)) + "sound");
  else
    body += field("INPT", u32(type) + u32(3) + u32(shape.height) + u32(shape.width) + u32(shape.channels));
  if (has("two-outputs")) body += field("OUTP", u32(2) + u32(1) + u32(2) + "extra");
  if (!has("no-output")) body += field("OUTP", u32(2) + u32(1) + u32(number("classes", 3)) + "scores");
  if (has("says")) body += field("OUTP", u32(3) + u32(1) + u32(number("says", 0)) + "said");
  if (has("rate")) body += field("RATE", u32(number("rate", 0)));
  if (has("fixed")) body += field("FIXB", u32(number("fixed", 0)));
  if (has("largest")) body += field("MAXB", u32(number("largest", 0)));
  if (has("runtime")) body += field("NAME", options["runtime"]);
  if (has("later-field")) body += field("note", "of a later version");
  if (has("unknown-field")) body += field("NOTE", "of a later version");
  if (has("cut-hello")) body.resize(body.size() - 5);
  return frame("HELO", 0, body);
}

Bytes answer_body(const Bytes& question, std::uint32_t rows, std::size_t values, bool f32) {
  Bytes body = u32(rows) + u32(0);
  const auto put = [&body](float value) { body.append(reinterpret_cast<const char*>(&value), 4); };
  if (has("two-outputs")) {
    for (std::uint32_t i = 0; i < 2 * rows; ++i) put(-1);
  }
  const std::size_t size = f32 ? 4 : 1;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const auto value = [&](std::size_t i) {
      const char* at = question.data() + 8 + (row * values + i) * size;
      float v = 0;
      if (f32)
        std::memcpy(&v, at, 4);
      else
        v = static_cast<unsigned char>(*at);
      return v;
    };
    put(has("nan") ? NAN : value(0));
    put(value(values - 1) * 0.5F);
    put(1);
  }
  for (std::uint32_t row = 0; has("says") && row < rows; ++row) {
    Bytes said = "row of " + std::to_string(values);
    said.resize(number("says", 0), '\0');
    body += said;
  }
  return body;
}

// What goes wrong with an answer; nothing where the fault is for other images.
void misbehave(std::uint32_t id, const Bytes& body, bool bright) {
  const auto meets = [bright](const char* fault) {
    return has(fault) || (bright && has((std::string("bright-") + fault).c_str()));
  };
  const Bytes whole = frame("ANSW", id, body);
  if (meets("dies")) std::exit(7);
  if (meets("crashes")) signal(SIGSEGV, SIG_DFL), raise(SIGSEGV);  // a sanitizer would tell of it itself
  if (meets("hangs")) hang();
  if (meets("says-why")) return write_out(frame("FAIL", id, u32(0) + "too bright"));
  if (meets("dies-in-frame")) return write_out(whole.substr(0, 20)), std::exit(7);
  if (meets("hangs-in-frame")) return write_out(whole.substr(0, 20)), hang();
  if (meets("too-little")) return write_out(frame("ANSW", id, body.substr(0, body.size() - 4)));
  if (meets("too-much")) return write_out(frame("ANSW", id, body + "1234"));
  if (meets("trailing")) return write_out(whole + "abc");
  if (meets("twice")) return write_out(whole), write_out(whole);
  if (meets("other-count")) return write_out(frame("ANSW", id, u32(read_u32(body, 0) + 1) + body.substr(4)));
  if (meets("other-id")) return write_out(frame("ANSW", id + 1, body));
  if (meets("other-tag")) return write_out(frame("ASK ", id, body));
  if (meets("huge")) return write_out("DFLRANSW" + u32(id) + u32(0xfffffff0));
  if (meets("huge-failure")) return write_out("DFLRFAIL" + u32(id) + u32(0xfffffff0));
  if (meets("prints-there")) return write_out("loading the model ...\n");
  if (meets("prints-megabytes")) print_megabytes();
  write_out(whole);
}

void start_badly() {
  if (has("exits-at-once")) std::exit(3);
  if (has("fails-first") && starts("fails-first") == 0) options["dies"] = "";
  if (has("dies-at-once-later") && starts("dies-at-once-later") > 0) std::exit(4);
  if (has("changes") && starts("changes") > 0) options["size"] = "9x9x1";
  if (has("says-nothing")) hang();
  if (has("slow")) usleep(number("slow", 0) * 1000);
  if (has("banner")) write_out("Welcome to the machine, it is Monday\n");
  if (has("stubborn")) signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN);
  if (has("pid")) std::ofstream(options["pid"], std::ios::app) << getpid() << '\n';
  if (has("leaves-another") && fork() == 0) {
    std::ofstream(options["leaves-another"], std::ios::app) << getpid() << '\n';
    hang();
  }
  if (has("prints-first")) print_megabytes();
}

}  // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string option = arguments[i];
    const std::size_t equals = std::min(option.find('='), option.size());
    options[option.substr(0, equals)] = option.substr(std::min(equals + 1, option.size()));
  }
  in_fd = std::atoi(std::getenv("DFLARE_IN"));
  out_fd = std::atoi(std::getenv("DFLARE_OUT"));
  start_badly();
  Shape shape;
  if (has("size")) std::sscanf(options["size"].c_str(), "%ux%ux%u", &shape.height, &shape.width, &shape.channels);
  write_out(hello(shape));
  if (has("reads-nothing")) close(in_fd), hang();
  if (has("text")) shape = {1, number("text", 0), 1};
  if (has("audio")) shape = {1, 4 + 2 * number("audio", 0), 1};
  const bool f32 = has("f32");
  const std::size_t values = std::size_t{shape.height} * shape.width * shape.channels;
  for (;;) {
    const Bytes head = read_in(16);
    if (head.substr(0, 8) != "DFLRASK ") return 8;
    const Bytes question = read_in(read_u32(head, 12));
    const std::uint32_t rows = read_u32(question, 0);
    bool bright = false;
    for (std::uint32_t row = 0; row < rows && !f32; ++row) {
      bright = bright || static_cast<unsigned char>(question[8 + row * values]) > 150;
    }
    if (has("fixed") && rows != number("fixed", 0)) return 8;
    if (has("largest") && rows > number("largest", 0)) return 8;
    misbehave(read_u32(head, 8), answer_body(question, rows, values, f32), bright);
    if (has("stray")) usleep(20'000), write_out("stray");
    if (has("ends-after-answering")) return 0;
  }
}

/* A model without any library: digits told apart by the nearest of ten mean images. cc -O2 -o nearest_mean nearest_mean.c
   `nearest_mean 4` keeps 4 grey levels of them instead of 16. Says hello, then answers questions until dflare ends. docs/exec-models.md has the protocol. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEIGHT = 28, WIDTH = 28, PIXELS = HEIGHT * WIDTH, CLASSES = 10 };

static int in_fd, out_fd;

/* Numbers are little-endian on the pipes, whatever this machine does. */
static uint32_t get32(const unsigned char* p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }
static unsigned char* put32(unsigned char* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) *p++ = (unsigned char)(v >> 8 * i);
  return p;
}
static unsigned char* put_tag(unsigned char* p, const char* tag) { return (unsigned char*)memcpy(p, tag, 4) + 4; }

static int read_all(void* to, size_t size) {
  for (size_t have = 0; have < size;) {
    const ssize_t n = read(in_fd, (char*)to + have, size - have);
    if (n <= 0) return 0;
    have += (size_t)n;
  }
  return 1;
}

static void write_all(const void* from, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t n = write(out_fd, (const char*)from + done, size - done);
    if (n <= 0) exit(1);
    done += (size_t)n;
  }
}

static unsigned char* put_header(unsigned char* p, const char* tag, uint32_t id, uint32_t length) {
  p = put_tag(put_tag(p, "DFLR"), tag);
  return put32(put32(p, id), length);
}

/* One input, u8, 28 x 28 x 1; one output, f32, 10 scores, named "scores"; at most 64 rows at once. */
static void say_hello(void) {
  unsigned char frame[128], *p = frame + 16;
  p = put32(p, 1); /* version of the protocol */
  p = put32(put_tag(p, "INPT"), 20);
  p = put32(put32(put32(put32(put32(p, 1), 3), HEIGHT), WIDTH), 1);
  p = put32(put_tag(p, "OUTP"), 12 + 6);
  p = put32(put32(put32(p, 2), 1), CLASSES);
  p = (unsigned char*)memcpy(p, "scores", 6) + 6;
  p = put32(put32(put_tag(p, "MAXB"), 4), 64);
  put_header(frame, "HELO", 0, (uint32_t)(p - frame - 16));
  write_all(frame, (size_t)(p - frame));
}

/* Ten mean images of 7 x 7, a hexadecimal digit a pixel: 16 grey levels each. */
static const char* const kMeans[CLASSES] = {
    "00000000028a3001787600381470056274004aa6100001000", "000000000036100006600000a200003900000551000000000",
    "0001000015882001238300037720058a84004854200000000", "000000001696100125910005a810021273003897200011000",
    "00000000021230007364003a6930025881000154000001000", "0000000002554100785310087410023562002885100011000",
    "000120000174100057110018775001aa84000473000000000", "000000000121000399b400122a10001760000463000132200",
    "000000000278300166761015b820018942002995100011000", "0000000001540000858200177a10004850000263000012100"};

/* Minus the squared distance to a digit's mean, whose values are rounded down to multiples of `step`. */
static float score(const unsigned char* image, int digit, int step) {
  float sum = 0;
  for (int cell = 0; cell < 49; ++cell) {
    const char letter = kMeans[digit][cell];
    const int level = letter <= '9' ? letter - '0' : letter - 'a' + 10;
    float mean = 0;
    for (int pixel = 0; pixel < 16; ++pixel) {
      mean += image[(cell / 7 * 4 + pixel / 4) * WIDTH + cell % 7 * 4 + pixel % 4] / 16.0f;
    }
    const float apart = (mean - 16.0f * (float)(level / step * step) - 8.0f * (float)(step - 1)) / 64;
    sum += apart * apart;
  }
  return -sum;
}

int main(int argc, char** argv) {
  const char *in = getenv("DFLARE_IN"), *out = getenv("DFLARE_OUT");
  const int step = argc > 1 && atoi(argv[1]) == 4 ? 4 : 1;
  if (!in || !out) return fprintf(stderr, "to be started by dflare: exec:%s\n", argv[0]), 2;
  in_fd = atoi(in);
  out_fd = atoi(out);
  say_hello();
  static unsigned char images[64 * PIXELS], answer[24 + 64 * CLASSES * 4];
  for (unsigned char head[24]; read_all(head, sizeof head);) {
    const uint32_t rows = get32(head + 16);
    if (memcmp(head, "DFLRASK ", 8) != 0 || rows > 64 || get32(head + 12) != 8 + rows * PIXELS) return 3;
    if (!read_all(images, rows * PIXELS)) return 3;
    unsigned char* p = put_header(answer, "ANSW", get32(head + 8), 8 + rows * CLASSES * 4);
    p = put32(put32(p, rows), 0);
    for (uint32_t row = 0; row < rows; ++row) {
      for (int digit = 0; digit < CLASSES; ++digit) {
        const float value = score(images + row * PIXELS, digit, step);
        uint32_t bits;
        memcpy(&bits, &value, 4);
        p = put32(p, bits);
      }
    }
    write_all(answer, (size_t)(p - answer));
  }
  return 0;
}

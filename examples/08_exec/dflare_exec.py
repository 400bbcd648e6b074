"""The child's side of dflare's exec: models. Standard library and NumPy; docs/exec-models.md has the protocol.

    serve(answer, shape=(28, 28, 1), outputs=[("scores", (10,))])
    serve(answer, shape=(2048,), outputs=[("scores", (2,))], kind="text")
    serve(answer, shape=(480000,), outputs=[("said", (1024,), "text"), ("log_p", (1,))], kind="audio", rate=16000)

calls answer(batch) for each question: a NumPy array, one row an image (or a list of str, of at most 2048 bytes each; or
a list of int16 arrays, of at most 480000 samples each), becomes an array of scores, one row each (of an output of texts
a list of str; of several outputs, a list of those). What it raises is told to dflare as the reason why it cannot answer.
"""

import os
import struct
import sys

import numpy

VERSION = 1
HEADER = struct.Struct("<4s4sII")  # "DFLR", tag, id, bytes of the body
TYPES = {"u8": (1, numpy.dtype("uint8")), "f32": (2, numpy.dtype("<f4")), "text": (3, numpy.dtype("uint8")),
         "audio": (4, numpy.dtype("uint8"))}
ALL_ROWS = 0xFFFFFFFF


def _pipes():
    """What to read and write. Where that is standard output, prints go to standard error from now on."""
    questions = os.fdopen(os.dup(int(os.environ.get("DFLARE_IN", 0))), "rb")
    answers = os.fdopen(os.dup(int(os.environ.get("DFLARE_OUT", 1))), "wb")
    if os.environ.get("DFLARE_OUT", "1") == "1":
        sys.stdout.flush()
        os.dup2(2, 1)
    return questions, answers


def _tensor(kind, shape, name=""):
    return struct.pack(f"<II{len(shape)}I", TYPES[kind][0], len(shape), *shape) + name.encode()


def _field(tag, body):
    return struct.pack("<4sI", tag, len(body)) + body


def _send(answers, tag, number, *parts):
    answers.write(HEADER.pack(b"DFLR", tag, number, sum(len(part) for part in parts)))
    for part in parts:
        answers.write(part)
    answers.flush()


def _read(questions, size):
    data = questions.read(size)
    if len(data) < size:
        sys.exit(0)  # dflare has ended, or needs no more answers
    return data


def _heard(body):
    """The samples of a row: how many there are, then those, and zeros up to the longest."""
    count = struct.unpack_from("<I", body)[0]
    return numpy.frombuffer(body, "<i2", count, offset=4)


def _bytes_of(given, rows, shape, kind):
    """What an output's rows are in a frame."""
    if kind != "text":
        array = numpy.ascontiguousarray(given, "<f4")
        if array.shape != (rows, *shape):
            raise ValueError(f"answered {array.shape}, expected {(rows, *shape)}")
        return array.tobytes()
    texts = [text.encode()[: shape[0]].decode(errors="ignore").encode() for text in given]
    if len(texts) != rows:
        raise ValueError(f"answered {len(texts)} texts, expected {rows}")
    return b"".join(text.ljust(shape[0], b"\0") for text in texts)


def serve(answer, shape, outputs, kind="f32", fixed_batch=0, largest_batch=0, runtime="", rate=16000):
    """Answers dflare's questions until there are no more. `shape` is of one row, height x width x channels (or
    channels x height x width for f32); `kind` is f32, pixels after --preprocess, u8, pixels as they are, text, whose
    `shape` is the number of bytes that the longest text may have (the same for both models of a pair), or audio, whose
    `shape` is the number of samples of the longest sound, `rate` a second; `outputs` names each output with the shape
    of one row, and "text" where that is the bytes of the longest text (what is longer is cut off); `runtime` says what answers, with its version: runs record it."""
    questions, answers = _pipes()
    hello = struct.pack("<I", VERSION) + _field(b"INPT", _tensor(kind, shape))
    outputs = [output if len(output) == 3 else (*output, "f32") for output in outputs]
    hello += b"".join(_field(b"OUTP", _tensor(of, dims, name)) for name, dims, of in outputs)
    if kind == "audio":
        hello += _field(b"RATE", struct.pack("<I", rate))
    hello += _field(b"FIXB", struct.pack("<I", fixed_batch)) + _field(b"MAXB", struct.pack("<I", largest_batch))
    _send(answers, b"HELO", 0, hello + _field(b"NAME", runtime.encode()))
    while True:
        magic, tag, number, size = HEADER.unpack(_read(questions, HEADER.size))
        if (magic, tag) != (b"DFLR", b"ASK "):
            sys.exit(f"not a question: {magic} {tag}")
        body = _read(questions, size)
        rows = struct.unpack_from("<I", body)[0]
        batch = numpy.frombuffer(body, TYPES[kind][1], offset=8).reshape(rows, *((-1,) if kind == "audio" else shape))
        if kind == "text":
            batch = [row.tobytes().rstrip(b"\0").decode() for row in batch]
        if kind == "audio":
            batch = [_heard(row.tobytes()) for row in batch]
        try:
            given = answer(batch)
            given = given if isinstance(given, (list, tuple)) and not (len(outputs) == 1 and outputs[0][2] == "text") else [given]
            if len(given) != len(outputs):
                raise ValueError(f"answered {len(given)} outputs, expected {len(outputs)}")
            answers_of = [_bytes_of(of_one, rows, dims, of) for of_one, (_, dims, of) in zip(given, outputs)]
        except Exception as reason:  # whatever it is, dflare tells it
            _send(answers, b"FAIL", number, struct.pack("<I", ALL_ROWS), f"{type(reason).__name__}: {reason}".encode())
            continue
        _send(answers, b"ANSW", number, struct.pack("<II", rows, 0), *answers_of)

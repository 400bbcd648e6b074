#!/usr/bin/env bash
# Fetches what the build and the program need of the two runtimes into the SDK folder, each part only when it is missing:
#   fetch_runtimes.sh headers | onnxruntime | tflite | all | tflite-new
# tflite-new is the newer library that models with 4-bit weights need; it lies beside the other, and needs Maven.
# The SDK folder is $DFLARE_SDK, or .sdk in the repository. Packages come through the ordinary clients of this machine
# (apt, pip, Maven, Go) as those are configured; nothing is installed and no root is needed.
set -euo pipefail

ORT_VERSION=1.32.0            # library; any 1.14 or newer works
ORT_HEADER_SUITE=trixie       # Debian suite whose libonnxruntime-dev gives the headers: Debian 12 has none
ORT_GO_MODULE=github.com/yalue/onnxruntime_go@v1.27.0  # carries the C header too: for machines that are no Debian
TFLITE_WHEEL=pymicro-wakeword==2.5.0  # carries TensorFlow Lite 2.17.1 with SSE kernels (docs/decisions/0004)
TFLITE_MAVEN=2.21.0-1.5.14    # of org.bytedeco:tensorflow-lite: slow hybrid kernels, for where the wheel does not load
MAVEN_COPY=org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sdk=${DFLARE_SDK:-$repository/.sdk}
mkdir -p "$sdk/lib" "$sdk/include"
scratch=$(mktemp -d "$sdk/fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

say() { printf 'fetch_runtimes: %s\n' "$*" >&2; }

headers_of_debian() {
  local apt=$scratch/apt mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' 'Origin: Debian' |
    grep -E '/debian/?$' | head -n 1) || return 1
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $ORT_HEADER_SUITE main" >"$apt/sources.list"
  local options=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
  (cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download libonnxruntime-dev) >&2 || return 1
  dpkg-deb -x "$apt"/libonnxruntime-dev_*.deb "$scratch/deb" || return 1
  mv "$scratch/deb/usr/include/onnxruntime" "$scratch/headers"
}

headers_of_go() {
  local module
  module=$(cd "$scratch" && GOMODCACHE="$scratch/go" GOFLAGS=-modcacherw go mod download -json "$ORT_GO_MODULE" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p') || return 1
  mkdir -p "$scratch/headers" && cp "$module"/onnxruntime_*c_api.h "$scratch/headers/"
}

fetch_headers() {
  local place
  for place in "$sdk/include/onnxruntime" /usr/include/onnxruntime /usr/local/include/onnxruntime; do
    [[ -e $place/onnxruntime_c_api.h ]] && return
  done
  say "headers of ONNX Runtime (Debian $ORT_HEADER_SUITE)"
  if ! headers_of_debian; then
    say "apt had none; trying the Go module"
    headers_of_go || { say "no headers: put onnxruntime_c_api.h into $sdk/include/onnxruntime"; return 1; }
  fi
  mv -T "$scratch/headers" "$sdk/include/onnxruntime" 2>/dev/null || [[ -d $sdk/include/onnxruntime ]]
}

fetch_onnxruntime() {
  local library=libonnxruntime.so.$ORT_VERSION
  [[ -e $sdk/lib/$library ]] && return
  say "ONNX Runtime $ORT_VERSION (pip download)"
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp \
    --python-version 3.11 --platform "manylinux_2_28_$(uname -m)" --platform "manylinux_2_27_$(uname -m)" \
    -d "$scratch/wheel" "onnxruntime==$ORT_VERSION" >&2
  python3 -m zipfile -e "$scratch"/wheel/onnxruntime-*.whl "$scratch/wheel"
  mv "$scratch/wheel/onnxruntime/capi/$library" "$sdk/lib/$library"
  ln -sf "$library" "$sdk/lib/libonnxruntime.so.1"
}

tflite_of_wheel() {
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --platform "manylinux_2_35_$(uname -m)" -d "$scratch/tflite" "$TFLITE_WHEEL" >&2 || return 1
  python3 -m zipfile -e "$scratch"/tflite/*.whl "$scratch/tflite"
  mv "$scratch/tflite/pymicro_wakeword/lib/libtensorflowlite_c.so" "$scratch/libtensorflowlite_c.so"
}

tflite_of_maven() { # FILE
  local classifier=linux-x86_64
  [[ $(uname -m) == aarch64 ]] && classifier=linux-arm64
  command -v mvn >/dev/null || { say "needs Maven (on Debian: apt-get install maven)"; return 1; }
  (cd "$scratch" && mvn -q -B -Dstyle.color=never "$MAVEN_COPY" "-DoutputDirectory=$scratch/jar" \
    "-Dartifact=org.bytedeco:tensorflow-lite:$TFLITE_MAVEN:jar:$classifier") >&2 || return 1
  python3 -m zipfile -e "$scratch"/jar/*.jar "$scratch/jar"
  mv "$scratch/jar/org/bytedeco/tensorflowlite/$classifier/libjnitensorflowlite.so" "$1"
}

# Whether this machine's C library is new enough for what was fetched.
loads() { python3 -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1]).TfLiteVersion' "$1" 2>/dev/null; }

fetch_tflite() {
  [[ -e $sdk/lib/libtensorflowlite_c.so ]] && return
  say "TensorFlow Lite ($TFLITE_WHEEL)"
  if ! tflite_of_wheel || ! loads "$scratch/libtensorflowlite_c.so"; then
    say "TensorFlow Lite $TFLITE_MAVEN (Maven)"
    tflite_of_maven "$scratch/libtensorflowlite_c.so"
  fi
  mv "$scratch/libtensorflowlite_c.so" "$sdk/lib/libtensorflowlite_c.so"
}

fetch_tflite_new() {
  local library=$sdk/lib/libtensorflowlite_c.so.2.21
  [[ -e $library ]] && return
  say "TensorFlow Lite $TFLITE_MAVEN (Maven)"
  tflite_of_maven "$library"
}

case ${1:-all} in
  headers | onnxruntime | tflite) "fetch_$1" ;;
  tflite-new) fetch_tflite_new ;;
  all)
    fetch_headers
    fetch_onnxruntime
    fetch_tflite
    ;;
  *)
    say "unknown part '$1': headers, onnxruntime, tflite, tflite-new or all"
    exit 2
    ;;
esac

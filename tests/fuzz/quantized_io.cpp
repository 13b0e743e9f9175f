// SPDX-License-Identifier: MIT
// Halftone fuzzing: a matrix is saved and loaded again; then bytes of its file change, and what loads all the same is saved and
// loaded once more. A fuzzer of whole files would have to guess the lengths first.
//
// Input: scheme, rows, columns; a byte a weight; then up to eight changes: place (two bytes), byte.
#include <halftone/reference/quantize.hpp>
#include <tests/fuzz/loaded_matrix.hpp>

using namespace halftone_fuzz;

namespace {

/// Bytes of the fuzzer; zeros behind their end.
struct source {
  std::span<const std::uint8_t> left;
  std::uint8_t byte() {
    const std::uint8_t first = left.empty() ? std::uint8_t{0} : left[0];
    left = left.subspan(left.empty() ? 0 : 1);
    return first;
  }
};

/// The planes of `q`, one after the other.
template <class Scheme>
std::vector<std::uint8_t> planes_of(quantized_matrix<Scheme>& q) {
  std::vector<std::uint8_t> all;
  q.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<const std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}

/// Saves `q` and loads it: the same planes.
template <class Scheme>
std::vector<std::uint8_t> there_and_back(quantized_matrix<Scheme>& q) {
  safetensors_writer writer;
  save(writer, "w", q);
  std::vector<std::uint8_t> bytes = writer.to_bytes();
  const auto file = safetensors_file::parse(bytes);
  require(file.has_value());
  auto again = load<Scheme>(file.value(), "w");
  require(again.has_value() && planes_of(again.value()) == planes_of(q));
  return bytes;
}

template <class Scheme>
void run(source& in, Scheme scheme) {
  const std::size_t rows = in.byte() % 5;
  const std::size_t cols = in.byte() % 9;
  if constexpr (requires { scheme.granularity.position; }) {
    for (std::size_t k = 0; k < cols; ++k) {
      scheme.granularity.position.push_back(static_cast<std::int32_t>(cols - 1 - k));
    }
  }
  std::vector<float> w(rows * cols);
  for (float& x : w) {
    x = static_cast<float>(static_cast<std::int8_t>(in.byte())) * 0.125f;
  }
  auto q = reference::quantize<Scheme>(matrix_view<const float>(w.data(), rows, cols), min_max{}, scheme);
  std::vector<std::uint8_t> bytes = there_and_back(q);
  for (int changes = 0; changes < 8 && !in.left.empty(); ++changes) {
    const std::size_t place = in.byte() + std::size_t{256} * in.byte();
    bytes[place % bytes.size()] = in.byte();
  }
  const auto file = safetensors_file::parse(bytes);
  if (!file) {
    require(file.failure().text.starts_with("safetensors: ") && file.failure().offset <= bytes.size());
    return;
  }
  use<Scheme>(file.value(), "w", bytes.size());
  if (auto loaded = load<Scheme>(file.value(), "w")) {
    there_and_back(loaded.value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  source in{{data, size}};
  switch (in.byte() % 3) {
    case 0:
      run(in, small{});
      break;
    case 1: {
      learned scheme;
      scheme.element.entries = {-1.0f, -0.25f, 0.5f, 1.0f};
      run(in, scheme);
      break;
    }
    default:
      run(in, nested{});
  }
  return 0;
}

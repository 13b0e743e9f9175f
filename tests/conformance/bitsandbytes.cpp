// SPDX-License-Identifier: MIT
// Operations for bitsandbytes.py.
#include <conformance/checkpoint_folders.hpp>

#include <halftone/format/bitsandbytes/quantize.hpp>
#include <halftone/quantize/dequantize.hpp>

#include <cmath>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::text;

namespace {

template <class Scheme>
constexpr bool nested = bitsandbytes::detail::is_nested<Scheme>;

/// Arrays: x, code bytes, maxima (floats, or codes of nested ones), real numbers; nested: nested maxima, the offset (in, NaN for our
/// mean; out). Numbers: rows, cols.
template <class Scheme>
void quantize_blocks(arguments& a) {
  const std::size_t rows = a.size(0), cols = a.size(1);
  std::optional<float> offset;
  if constexpr (nested<Scheme>) {
    if (!std::isnan(a.in<float>(5)[0])) {
      offset = a.in<float>(5)[0];
    }
  }
  const auto q = bitsandbytes::quantize<Scheme>({a.in<float>(0).data(), rows, cols}, offset);
  const std::vector<std::uint8_t> bytes = bitsandbytes::code_bytes(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(1).begin());
  if constexpr (nested<Scheme>) {
    const auto& maxima = q.scale_plane().matrix();
    std::copy(maxima.codes().begin(), maxima.codes().end(), a.out<std::uint8_t>(2).begin());
    for (std::size_t i = 0; i < maxima.group_count(); ++i) {
      a.out<float>(4)[i] = maxima.scale_at(i);
    }
    a.out<float>(5)[0] = maxima.offset_at(0);
  } else {
    q.scale_plane().get_all(0, a.out<float>(2));
  }
  dequantize(q, matrix_view<float>(a.out<float>(3).data(), rows, cols));
}

/// Arrays: path of the file read, path of the file written, names of weights joined by commas, real numbers of all. Numbers: 1 where dtype is
/// float32, 2 float16, 3 bfloat16.
template <class Scheme>
void read_and_write(arguments& a) {
  const auto file = safetensors_file::open(text(a.in<std::uint8_t>(0)));
  const std::string name = text(a.in<std::uint8_t>(2));
  const auto q = bitsandbytes::read<Scheme>(file.value(), name).value();
  dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
  safetensors_writer writer;
  bitsandbytes::write(writer, name, q, bitsandbytes::read_state(file.value(), name).value().dtype);
  static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
}

template <std::size_t N>
void add() {
  const std::string size = std::to_string(N);
  operation("nf4 " + size, quantize_blocks<bitsandbytes::nf4_blocks<N>>);
  operation("fp4 " + size, quantize_blocks<bitsandbytes::fp4_blocks<N>>);
  operation("nf4 " + size + " nested", quantize_blocks<bitsandbytes::nf4_nested<N>>);
  operation("fp4 " + size + " nested", quantize_blocks<bitsandbytes::fp4_nested<N>>);
  operation("file nf4 " + size, read_and_write<bitsandbytes::nf4_blocks<N>>);
  operation("file fp4 " + size, read_and_write<bitsandbytes::fp4_blocks<N>>);
  operation("file nf4 " + size + " nested", read_and_write<bitsandbytes::nf4_nested<N>>);
  operation("file fp4 " + size + " nested", read_and_write<bitsandbytes::fp4_nested<N>>);
}

const int registered = [] {
  add<32>(), add<64>(), add<128>(), add<256>(), add<512>(), add<1024>(), add<2048>(), add<4096>();
  // Arrays: x, codes, maxima, real numbers. Numbers: rows, cols.
  operation("int8 rows", [](arguments& a) {
    const std::size_t rows = a.size(0), cols = a.size(1);
    const auto q = quantize<bitsandbytes::int8_rows>({a.in<float>(0).data(), rows, cols});
    std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(1).begin());
    q.scale_plane().get_all(0, a.out<float>(2));
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), rows, cols));
  });
  operation("file int8", [](arguments& a) {
    const auto file = safetensors_file::open(text(a.in<std::uint8_t>(0)));
    const std::string layer = text(a.in<std::uint8_t>(2));
    const auto q = bitsandbytes::read_int8(file.value(), layer).value();
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
    safetensors_writer writer;
    bitsandbytes::write_int8(writer, layer, q);
    static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
  });
  operation("dynamic8 on grid", [](arguments& a) {
    for (std::size_t i = 0; i < a.in<float>(0).size(); ++i) {
      a.out<std::uint8_t>(1)[i] = static_cast<std::uint8_t>(bitsandbytes::dynamic8_on_grid::encode(a.in<float>(0)[i]));
    }
  });
  using in_folders = scheme_list<bitsandbytes::nf4_blocks<64>, bitsandbytes::nf4_nested<64>, bitsandbytes::fp4_blocks<64>, bitsandbytes::int8_rows>;
  conformance::register_folders(in_folders{}, [](safetensors_writer& writer, const checkpoint& from, const std::string& layer, const auto& m, auto) {
    if constexpr (std::is_same_v<decltype(m.weights), quantized_matrix<bitsandbytes::int8_rows>>) {
      bitsandbytes::write_int8(writer, layer, m.weights);
    } else {
      const std::string name = layer + ".weight";
      bitsandbytes::write(writer, name, m.weights, bitsandbytes::read_state(from, name).value().dtype);
    }
  });
  return 0;
}();

}  // namespace

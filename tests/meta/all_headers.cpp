// SPDX-License-Identifier: MIT
// Every header, and the operations instantiated for a few schemes: compiled with all warnings by each compiler.
#include <halftone/halftone.hpp>
#include <halftone/io/gguf_file.hpp>
#include <halftone/io/gguf_writer.hpp>
#include <halftone/io/quantized_io.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/safetensors_writer.hpp>

namespace {

/// w [n, k], x [m, k], y [m, n]
struct arguments {
  halftone::matrix_view<const float> w, x;
  halftone::matrix_view<float> y;
};

template <class Scheme>
void use(const arguments& a) {
  const auto q = halftone::quantize<Scheme>(a.w);
  const auto packed = halftone::pack(q);
  halftone::gemm(a.x, packed, a.y);
  halftone::gemv(a.x.row(0), packed, a.y.row(0));
  halftone::gemm(halftone::dynamic<halftone::int8_per_token>(a.x), packed, a.y, halftone::epilogue{halftone::relu{}});
  halftone::gemm(halftone::quantize_activations<halftone::int8_per_token>(a.x), packed, a.y);
  halftone::dequantize(halftone::unpack(packed), a.y);
  (void)halftone::compare(a.w, q);
}

[[maybe_unused]] void use_all(const arguments& a) {
  use<halftone::int8_per_channel>(a);
  use<halftone::int4_g32>(a);
  use<halftone::uint4_g128>(a);
  use<halftone::int2_g32>(a);
}

}  // namespace

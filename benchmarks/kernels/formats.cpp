// SPDX-License-Identifier: MIT
// Halftone benchmarks: formats of 4 to 6 bits that others publish, and int4 in groups as short as theirs.
#include "multiplication.hpp"

#include <halftone/format/ggml/schemes.hpp>

namespace halftone_benchmark {
namespace {

using int4_g16 = halftone::scheme<halftone::int4, halftone::symmetric_signed_extreme, halftone::per_group<16>,
                                  halftone::stored_as<halftone::fp16>>;

}  // namespace

std::span<const kernel_entry> format_kernels() {
  using namespace halftone;
  static constexpr kernel_entry table[] = {
      {"int4_g16", multiplication<int4_g16>},      {"mxfp4", multiplication<ggml::mxfp4>},
      {"nvfp4", multiplication<ggml::nvfp4>},      {"iq4_nl", multiplication<ggml::iq4_nl>},
      {"q4_k", multiplication<ggml::q4_k>},        {"q6_k", multiplication<ggml::q6_k>},
  };
  return table;
}

}  // namespace halftone_benchmark

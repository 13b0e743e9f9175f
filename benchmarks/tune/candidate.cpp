// SPDX-License-Identifier: MIT
// Halftone benchmarks: one kernel with one set of constants, as a library for tune.py, which loads several and compares them.
//
//   HALFTONE_TUNE_SCHEME   scheme of the weights
//   HALFTONE_TUNE_FLOATS   1: activations are floats, 0: int8, quantized before
//   HALFTONE_TUNED_HEADER  the constants, if they are not those of the library
#include "../kernels/values.hpp"
#include "../machine.hpp"
#include "../measure.hpp"

#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <cstring>

namespace {

using namespace halftone_benchmark;
using scheme_type = halftone::HALFTONE_TUNE_SCHEME;
using constants = halftone::kernel_constants<halftone::default_arch>;

/// y = x W^T for one number of rows. Its types do not depend on constants: the library that made it lends it to the others,
/// so that all work on the same memory.
struct multiplication {
  halftone::packed_matrix<scheme_type> w;
  std::vector<float> x, y;
  halftone::matrix_view<const float> values;
  halftone::quantized_activations<halftone::int8_per_token> codes;
  halftone::aligned_buffer<std::byte> workspace;

  multiplication(std::size_t m, std::size_t n, std::size_t k)
      : w(weights(n, k)),
        x(some_values(m * k, 2)),
        y(m * n),
        values(x.data(), m, k),
        codes(halftone::quantize_activations<halftone::int8_per_token>(values)),
        workspace(workspace_bytes()) {}

  [[nodiscard]] std::size_t workspace_bytes() const {
    constexpr auto kind = HALFTONE_TUNE_FLOATS ? halftone::activation_kind::floats : halftone::activation_kind::codes;
    return halftone::gemm_workspace_bytes(kind, values.rows(), w);
  }
  void run() {
    const halftone::matrix_view<float> out(y.data(), values.rows(), w.shape().rows);
    const halftone::context use{.workspace = workspace.span()};
#if HALFTONE_TUNE_FLOATS
    halftone::gemm(values, w, out, halftone::epilogue<>{}, use);
#else
    halftone::gemm(codes.view(), w, out, halftone::epilogue<>{}, use);
#endif
  }

  static halftone::packed_matrix<scheme_type> weights(std::size_t n, std::size_t k) {
    const std::vector<float> real = some_values(n * k, 10);
    return halftone::pack(halftone::quantize<scheme_type>({real.data(), n, k}));
  }
};

/// FNV-1a, of 64 bits.
void add_to_hash(std::uint64_t& hash, const std::vector<float>& values) {
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3u;
  }
}

}  // namespace

extern "C" {

const char* tune_instruction_set() {
  static const std::string text = instruction_set();
  return text.c_str();
}
const char* tune_compiler() {
  static const std::string text = compiler_name();
  return text.c_str();
}
const char* tune_processor() {
  static const std::string text = processor_name();
  return text.c_str();
}

/// The constants that the kernel was compiled with, in the order of plan.py; 0 after the last.
std::size_t tune_constant(std::size_t at) {
  constexpr std::size_t all[] = {constants::integer_rows, constants::unpacked_rows, constants::integer_panels,
                                 constants::row_panels,   constants::float_rows,    constants::float_panels,
                                 constants::float_row_panels, constants::block_rows, constants::block_quads,
                                 constants::float_depth};
  return at < sizeof all / sizeof *all ? all[at] : 0;
}

/// A hash of results: even shapes and uneven ones, fewer and more rows than any tile.
std::uint64_t tune_hash() {
  struct shape {
    std::size_t m, n, k;
  };
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const shape& s : {shape{1, 40, 100}, shape{1, 144, 2050}, shape{3, 33, 515}, shape{7, 70, 36}, shape{18, 130, 1040},
                         shape{67, 17, 260}, shape{300, 16, 64}}) {
    multiplication one(s.m, s.n, s.k);
    one.run();
    add_to_hash(hash, one.y);
  }
  return hash;
}

void* tune_make(std::size_t m, std::size_t n, std::size_t k) { return new multiplication(m, n, k); }
void tune_drop(void* made) { delete static_cast<multiplication*>(made); }

/// Bytes of workspace that these constants need for it, and that it is to have.
std::size_t tune_workspace(const void* made) { return static_cast<const multiplication*>(made)->workspace_bytes(); }
void tune_reserve(void* made, std::size_t bytes) {
  static_cast<multiplication*>(made)->workspace = halftone::aligned_buffer<std::byte>(bytes);
}

/// Operations a second, in processor time of this thread, over as many calls as fill `seconds`.
double tune_rate(void* made, double seconds) {
  multiplication& one = *static_cast<multiplication*>(made);
  const double operations = 2.0 * static_cast<double>(one.values.rows() * one.w.shape().rows * one.w.shape().cols);
  return rate_of({"", [&one] { one.run(); }, operations}, seconds, timer::thread);
}

}  // extern "C"

// SPDX-License-Identifier: MIT
// Halftone benchmarks: a multiplication as a problem: y = finish(x W^T) with its roofs.
#pragma once

#include "../problem.hpp"
#include "values.hpp"

#include <halftone/epilogue/activation_stages.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

namespace halftone_benchmark {

/// What the activations are: floats that the call quantizes, bytes that are there already, or floats that stay floats.
enum class input { dynamic, codes, floats };

/// Everything that one problem owns.
template <class Scheme>
struct operands {
  std::vector<halftone::packed_matrix<Scheme>> weights;
  std::vector<float> x, y, bias, factors, beside;
  std::vector<std::int8_t> codes;
  halftone::group_parameters parameters{.scale = 0.01f};
  halftone::aligned_buffer<std::byte> workspace;
  pool threads;

  operands(const request& r, halftone::activation_kind kind)
      : x(some_values(r.m * r.k, 2)), y(r.m * r.n), bias(some_values(r.n, 3)), factors(some_values(r.n, 4)),
        beside(some_values(r.m * r.n, 5)), codes(r.m * r.k) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = static_cast<std::int8_t>(254.0f * x[i]);
    }
    for (std::uint32_t copy = 0; copy < r.copies; ++copy) {
      const std::vector<float> w = some_values(r.n * r.k, 10 + copy);
      weights.push_back(halftone::pack(halftone::quantize<Scheme>({w.data(), r.n, r.k})));
    }
    if (r.threads > 1) {
      threads = std::make_shared<two_threads>();
    }
    workspace = halftone::aligned_buffer<std::byte>(
        halftone::gemm_workspace_bytes(kind, r.m, weights.front(), r.threads > 1 ? 2 : 1));
  }
  [[nodiscard]] halftone::context use() {
    halftone::context c{.workspace = workspace.span()};
    if (threads != nullptr) {
      c.execute = threads->executor();
    }
    return c;
  }
};

template <class Scheme, input Input, bool Finishes>
void multiply(operands<Scheme>& o, const halftone::packed_matrix<Scheme>& w, const request& r) {
  const halftone::matrix_view<const float> x(o.x.data(), r.m, r.k);
  const halftone::matrix_view<float> y(o.y.data(), r.m, r.n);
  const auto run = [&](const auto& finish) {
    if constexpr (Input == input::dynamic) {
      halftone::gemm(halftone::dynamic<halftone::int8_per_token>(x), w, y, finish, o.use());
    } else if constexpr (Input == input::codes) {
      const halftone::matrix_view<const std::int8_t> codes(o.codes.data(), r.m, r.k);
      halftone::gemm(halftone::static_activations(codes, o.parameters), w, y, finish, o.use());
    } else {
      halftone::gemm(x, w, y, finish, o.use());
    }
  };
  if constexpr (Finishes) {
    run(halftone::epilogue{halftone::multiply_columns{o.factors}, halftone::add_bias{o.bias}, halftone::silu{},
                           halftone::residual{{o.beside.data(), r.m, r.n}}});
  } else {
    run(halftone::epilogue<>{});
  }
}

template <class Scheme, input Input = input::dynamic, bool Finishes = false>
problem multiplication(const request& r) {
  constexpr halftone::activation_kind kind = Input == input::dynamic ? halftone::activation_kind::dynamic
                                             : Input == input::codes ? halftone::activation_kind::codes
                                                                     : halftone::activation_kind::floats;
  constexpr unsigned bits = Scheme::element_type::bits;
  const auto o = std::make_shared<operands<Scheme>>(r, kind);
  const std::size_t bytes = r.copies * o->weights.front().streamed_bytes();
  problem p;
  p.kernel = {r.kernel,
              [o, r] {
                for (const auto& w : o->weights) {
                  multiply<Scheme, Input, Finishes>(*o, w, r);
                }
              },
              2.0 * static_cast<double>(r.copies * r.m * r.n * r.k)};
  p.compute = Input == input::floats ? fma_roof(o->threads)
              : r.m == 1             ? decode_roof(bits, o->threads)
                                     : dot_roof(bits, o->threads);
  p.traffic = read_roof(bytes, o->threads);
  p.bytes = static_cast<double>(bytes);
  p.clock = r.threads > 1 ? timer::wall : timer::thread;
  return p;
}

}  // namespace halftone_benchmark

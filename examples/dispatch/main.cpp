// SPDX-License-Identifier: MIT
// Halftone: one program that takes the best instruction set of the machine it runs on.
//
// This file is compiled for the baseline; kernels.cpp once for each instruction set (see CMakeLists.txt). Weights are
// packed here and multiplied there. Every instruction set that this machine has must give the bits of the reference.
//
// usage: dispatch [isa]   (fails if another than this one is selected; HALFTONE_ISA_OVERRIDE=isa selects)
#include "kernels.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr std::size_t m = 3, n = 50, k = 160;
constexpr int skipped = 77;

using multiply_kernels = halftone::dispatcher<kernels, HALFTONE_KERNEL_ISAS>;
using values = std::vector<float>;

bool all_hold = true;

void check(std::string_view isa, const char* claim, bool holds) {
  std::printf("  %-12.*s %-48s %s\n", static_cast<int>(isa.size()), isa.data(), claim, holds ? "yes" : "NO");
  all_hold = all_hold && holds;
}

values numbers(std::size_t count, unsigned step) {
  values v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = static_cast<float>(i * step % 257) / 128.0f - 1.0f;
  }
  return v;
}

/// Multiplies on every instruction set at hand, and calls each one wrongly: its error is caught here.
void compare_all() {
  const values w = numbers(n * k, 101), x = numbers(m * k, 37);
  const auto quantized = halftone::quantize<halftone::int4_g32>({w.data(), n, k});
  const weights packed = halftone::pack(quantized);
  const kernels::view activations{x.data(), m, k};
  const halftone::epilogue finish{halftone::relu{}};
  values y(m * n), expected(m * n), expected_in_int8(m * n);
  const auto view_of = [](values& v) { return kernels::output{v.data(), m, n}; };
  halftone::reference::gemm(activations, quantized, view_of(expected), finish);
  halftone::reference::gemm(halftone::dynamic<halftone::int8_per_token>(activations), quantized,
                            view_of(expected_in_int8), finish);

  for (const halftone::isa which : multiply_kernels::available()) {
    const kernels& table = multiply_kernels::kernels(which);
    const std::string_view name = halftone::name_of(which);
    table.multiply(activations, packed, view_of(y));
    check(name, "float activations: the bits of the reference", y == expected);
    table.multiply_in_int8(activations, packed, view_of(y));
    check(name, "int8 activations: the bits of the reference", y == expected_in_int8);
    std::string text;
    try {
      table.multiply(kernels::view{x.data(), m, k - 1}, packed, view_of(y));
    } catch (const halftone::error& e) {
      text = e.what();
    }
    check(name, "a wrong call throws, and is caught outside", text.starts_with("gemm: "));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  bool is_available = wanted.empty();
  std::printf("available:");
  for (const halftone::isa which : multiply_kernels::available()) {
    std::printf(" %s", std::string(halftone::name_of(which)).c_str());
    is_available = is_available || halftone::name_of(which) == wanted;
  }
  try {
    const std::string_view name = halftone::name_of(multiply_kernels::selected());
    std::printf("\nselected: %s\n", std::string(name).c_str());
    compare_all();
    check(name, "is what was expected", wanted.empty() || name == wanted);
  } catch (const halftone::error& e) {
    std::printf("\n%s\n", e.what());
    const bool names_it = std::string_view(e.what()).find(wanted) != std::string_view::npos;
    if (!is_available && names_it) {
      std::printf("SKIPPED %s: not available here, and refused by name\n", argv[1]);
      return skipped;
    }
    return 1;
  }
  return all_hold ? 0 : 1;
}

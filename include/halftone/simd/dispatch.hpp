// SPDX-License-Identifier: MIT
// Halftone: one program for many processors: tables of functions, one for each instruction set, and which one is taken.
//
// A program has a type `Kernels`, a struct of function pointers. A file that is compiled once for each instruction set
// defines its table (HALFTONE_DEFINE_KERNELS); the baseline asks `dispatcher` for the table that fits the machine. Only
// tables of instruction sets that the machine has are ever called. Nothing here is initialized before main.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/simd/cpu_isas.hpp>

#include <cstdlib>
#include <string>

namespace halftone::inline v0_1 {

/// The environment variable that names the instruction set to take, for tests and measurements.
inline constexpr char isa_override[] = "HALFTONE_ISA_OVERRIDE";

/// The table of one instruction set: declared for every one by HALFTONE_DECLARE_KERNELS, defined in an object of its own.
template <class Kernels, class Arch>
struct kernels_for {
  static const Kernels& table() noexcept = delete;
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What this processor and its operating system run, best first; the last is always `portable`.
/// @par Cost  reads CPUID or AT_HWCAP in the first call
[[nodiscard]] inline std::span<const isa> available_isas() noexcept {
  static const isa_list list = isas_of_this_processor();
  return list.all();
}

/// The first candidate, or the one with a given name.
/// @param candidates  best first
/// @param wanted      a name, or null or empty for the best
/// @throws            halftone::error that names `wanted` and the candidates, if it is none of them or there are none
[[nodiscard]] inline isa select_isa(std::span<const isa> candidates, const char* wanted) {
  const std::string_view name = wanted == nullptr ? "" : wanted;
  for (const isa which : candidates) {
    if (name.empty() || name_of(which) == name) {
      return which;
    }
  }
  std::string list;
  for (const isa which : candidates) {
    list += (list.empty() ? "" : ", ") + std::string(name_of(which));
  }
  expects(!name.empty(), "select_isa: the program has no kernels that this processor can run");
  fail("select_isa: ", isa_override, " is ", name, "; available here: ", list.empty() ? "none" : list);
}

/// The instruction set that HALFTONE_ISA_OVERRIDE names, or the best of `available_isas()`.
[[nodiscard]] inline isa selected_isa() { return select_isa(available_isas(), std::getenv(isa_override)); }

/// Chooses among the tables of `Kernels` that a program was linked with.
/// @tparam Archs  tags of the instruction sets that have a table; halftone_add_kernels defines HALFTONE_KERNEL_ISAS so
template <class Kernels, class... Archs>
class dispatcher {
 public:
  static_assert(sizeof...(Archs) > 0, "dispatcher: name the instruction sets that have kernels");

  /// Instruction sets that have a table and that this machine runs, best first.
  [[nodiscard]] static std::span<const isa> available() {
    static const isa_list list = [] {
      isa_list both;
      for (const isa which : available_isas()) {
        if (((which == isa_of<Archs>()) || ...)) {
          both.add(which);
        }
      }
      return both;
    }();
    return list.all();
  }

  /// The one that is taken: the best, or what HALFTONE_ISA_OVERRIDE names. Decided in the first call.
  /// @throws  halftone::error if the variable names no available one, in each call
  [[nodiscard]] static isa selected() {
    static const isa which = select_isa(available(), std::getenv(isa_override));
    return which;
  }

  /// The table of an instruction set.
  /// @throws  halftone::error if it is not available
  [[nodiscard]] static const Kernels& kernels(isa which) {
    bool found = false;
    for (const isa one : available()) {
      found = found || one == which;
    }
    expects(found, "dispatcher: no kernels for ", name_of(which), " that this processor can run");
    const Kernels* table = nullptr;
    ((which == isa_of<Archs>() ? void(table = &kernels_for<Kernels, Archs>::table()) : void()), ...);
    return *table;
  }

  /// The table of the selected one.
  /// @throws    as `selected`
  /// @par Cost  a few branches after the first call; keep the reference where that counts
  [[nodiscard]] static const Kernels& kernels() {
    static const Kernels& table = kernels(selected());
    return table;
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA

#define HALFTONE_DECLARE_TABLE_(Kernels, arch) \
  template <>                                  \
  const Kernels& ::halftone::kernels_for<Kernels, ::halftone::arch>::table() noexcept

/// Says that tables of `Kernels` exist. At global scope, in the header that defines it; a semicolon follows.
#define HALFTONE_DECLARE_KERNELS(Kernels)           \
  HALFTONE_DECLARE_TABLE_(Kernels, portable);       \
  HALFTONE_DECLARE_TABLE_(Kernels, sse4_1);         \
  HALFTONE_DECLARE_TABLE_(Kernels, avx2);           \
  HALFTONE_DECLARE_TABLE_(Kernels, avx_vnni);       \
  HALFTONE_DECLARE_TABLE_(Kernels, avx512_bw);      \
  HALFTONE_DECLARE_TABLE_(Kernels, avx512_vnni);    \
  HALFTONE_DECLARE_TABLE_(Kernels, neon);           \
  HALFTONE_DECLARE_TABLE_(Kernels, neon_dotprod);   \
  HALFTONE_DECLARE_TABLE_(Kernels, neon_i8mm)

/// Defines the table of this translation unit's instruction set from its initializers. At global scope, once a file.
/// The object stands outside of the function, so that names in the initializers are looked up at global scope.
#define HALFTONE_DEFINE_KERNELS(Kernels, ...)                  \
  namespace {                                                  \
  constexpr Kernels halftone_kernels_of_this_file{__VA_ARGS__}; \
  }                                                            \
  HALFTONE_DECLARE_TABLE_(Kernels, default_arch) { return ::halftone_kernels_of_this_file; }

// halftone_add_kernels says what a file is compiled for; flags from elsewhere (-march=native) would undo that.
#if defined(HALFTONE_EXPECTED_ISA)
#define HALFTONE_TEXT_2_(x) #x
#define HALFTONE_TEXT_(x) HALFTONE_TEXT_2_(x)
static_assert(std::string_view(HALFTONE_TEXT_(HALFTONE_FLAGS_ISA)) == HALFTONE_TEXT_(HALFTONE_EXPECTED_ISA),
              "halftone_add_kernels: other flags of this target choose another instruction set; remove its -march, -m");
#endif

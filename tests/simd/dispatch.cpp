// SPDX-License-Identifier: MIT
// Halftone tests: which table of kernels is taken, and what is said where none can be.
#include <halftone/simd/dispatch.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

struct test_kernels {
  int (*number)();
};

HALFTONE_DECLARE_KERNELS(test_kernels);

namespace {
int two() { return 2; }
}  // namespace

// This translation unit stands for one of its instruction set, whatever that is.
HALFTONE_DEFINE_KERNELS(test_kernels, .number = two)

namespace {

using halftone::isa;
using mine = halftone::default_arch;

constexpr std::array x86{isa::avx2, isa::sse4_1, isa::portable};

std::string refusal(std::span<const isa> candidates, const char* wanted) {
  try {
    static_cast<void>(halftone::select_isa(candidates, wanted));
  } catch (const halftone::error& e) {
    return e.what();
  }
  return "";
}

struct overridden {
  explicit overridden(const char* value) { setenv(halftone::isa_override, value, 1); }
  ~overridden() { unsetenv(halftone::isa_override); }
};

}  // namespace

TEST_CASE("the best candidate is taken, or the one that is named") {
  CHECK(halftone::select_isa(x86, nullptr) == isa::avx2);
  CHECK(halftone::select_isa(x86, "") == isa::avx2);
  CHECK(halftone::select_isa(x86, "sse4_1") == isa::sse4_1);
  CHECK(halftone::select_isa(x86, "portable") == isa::portable);
}

TEST_CASE("what is not available is refused with its name and what there is") {
  CHECK(refusal(x86, "avx512_bw") ==
        "select_isa: HALFTONE_ISA_OVERRIDE is avx512_bw; available here: avx2, sse4_1, portable");
  CHECK(refusal(x86, "mmx") == "select_isa: HALFTONE_ISA_OVERRIDE is mmx; available here: avx2, sse4_1, portable");
  CHECK(refusal({}, "avx2") == "select_isa: HALFTONE_ISA_OVERRIDE is avx2; available here: none");
  CHECK(refusal({}, nullptr) == "select_isa: the program has no kernels that this processor can run");
}

TEST_CASE("this machine: portable is always there, and the variable decides") {
  CHECK(halftone::available_isas().back() == isa::portable);
  CHECK(halftone::selected_isa() == halftone::available_isas().front());
  const overridden to("portable");
  CHECK(halftone::selected_isa() == isa::portable);
}

TEST_CASE("a wrong variable is an error in each call, not only in the first; a right one decides once") {
  using program = halftone::dispatcher<test_kernels, mine>;
  {
    const overridden to("none_such");
    CHECK_THROWS_AS(static_cast<void>(program::selected()), halftone::error);
    CHECK_THROWS_AS(static_cast<void>(program::kernels()), halftone::error);
  }
  CHECK(program::selected() == halftone::isa_of<mine>());
  const overridden to("none_such");
  CHECK(program::kernels().number() == 2);
}

TEST_CASE("a dispatcher has the tables that were compiled in, on machines that run them") {
  using program = halftone::dispatcher<test_kernels, mine>;
  REQUIRE(program::available().size() == 1);
  CHECK(program::kernels(halftone::isa_of<mine>()).number() == 2);
  CHECK(&program::kernels(halftone::isa_of<mine>()) == &halftone::kernels_for<test_kernels, mine>::table());
  const isa other = halftone::isa_of<mine>() == isa::portable ? isa::avx2 : isa::portable;
  CHECK_THROWS_WITH_AS(static_cast<void>(program::kernels(other)),
                       ("dispatcher: no kernels for " + std::string(halftone::name_of(other)) +
                        " that this processor can run").c_str(),
                       halftone::error);
}

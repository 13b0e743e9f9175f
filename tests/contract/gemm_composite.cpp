// SPDX-License-Identifier: MIT
// Halftone tests: wrong parts of a composite, which are refused when it is made.
#include "bad_calls.hpp"

#include <halftone/gemm/composite.hpp>
#include <halftone/gemm/gemm.hpp>

using namespace contract;

namespace {

/// A correction with a shape, which adds nothing.
struct nothing {
  halftone::matrix_shape size;
  [[nodiscard]] halftone::matrix_shape shape() const { return size; }
  void add_correction(const halftone::activation_rows&, std::size_t, std::size_t, std::span<float>) const {}
};

}  // namespace

TEST_CASE("a composite refuses a correction of another shape") {
  check({"composite", "composite", corrections, [](arguments& a) {
           static_cast<void>(halftone::composite(halftone::pack(*a.q), nothing{{a.n, a.k}}, nothing{a.correction}));
         }});
}

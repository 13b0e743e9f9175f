// SPDX-License-Identifier: MIT
// Halftone tests: every group of every granularity has a weight, for shapes of every kind.
#include <halftone/scheme/granularity.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace {

using halftone::matrix_shape;

const std::size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97};

/// group_of < size of the parameter planes, every index occurs, and runs along k do not cross a multiple of run_length.
template <class Granularity>
void obeys_the_law() {
  CAPTURE(Granularity::name());
  const Granularity g{};
  std::size_t outside = 0;
  std::size_t unused = 0;
  std::size_t changes_within_a_run = 0;
  for (const std::size_t rows : sizes) {
    for (const std::size_t cols : sizes) {
      const matrix_shape s{rows, cols};
      const matrix_shape planes = g.parameter_shape(s);
      std::vector<bool> used(planes.rows * planes.cols, false);
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < cols; ++k) {
          const std::size_t group = g.group_of(row, k, s);
          if (group < used.size()) {
            used[group] = true;
          } else {
            ++outside;
          }
          if constexpr (halftone::constant_along_k<Granularity>) {
            const std::size_t run = g.run_length(s);
            changes_within_a_run += run == 0 || group != g.group_of(row, k / run * run, s) ? 1u : 0u;
          }
        }
      }
      for (const bool u : used) {
        unused += u ? 0u : 1u;
      }
    }
  }
  CHECK(outside == 0);
  CHECK(unused == 0);
  CHECK(changes_within_a_run == 0);
}

/// A granularity of the user's own: all even rows share, all odd rows share.
struct by_parity {
  static std::string name() { return "by_parity"; }
  static matrix_shape parameter_shape(matrix_shape s) {
    return s.rows == 0 || s.cols == 0 ? matrix_shape{} : matrix_shape{s.rows < 2 ? s.rows : 2, 1};
  }
  static std::size_t group_of(std::size_t row, std::size_t, matrix_shape) { return row % 2; }
};
static_assert(halftone::granularity<by_parity> && !halftone::constant_along_k<by_parity>);
static_assert(!halftone::granularity<int>);

}  // namespace

TEST_CASE("every index of the parameter planes has a weight, and no weight has another index") {
  obeys_the_law<halftone::per_tensor>();
  obeys_the_law<halftone::per_channel<0>>();
  obeys_the_law<halftone::per_channel<1>>();
  obeys_the_law<halftone::per_token>();
  obeys_the_law<halftone::per_group<1>>();
  obeys_the_law<halftone::per_group<3>>();
  obeys_the_law<halftone::per_group<16>>();
  obeys_the_law<halftone::per_group<24>>();
  obeys_the_law<halftone::per_group<32>>();
  obeys_the_law<halftone::per_group<128>>();
  obeys_the_law<halftone::per_block<1, 1>>();
  obeys_the_law<halftone::per_block<4, 8>>();
  obeys_the_law<halftone::per_block<3, 5>>();
  obeys_the_law<halftone::per_block<128, 128>>();
  obeys_the_law<by_parity>();
}

TEST_CASE("parameter planes have the shape that the words say") {
  const matrix_shape s{5, 70};
  CHECK(halftone::per_tensor::parameter_shape(s) == matrix_shape{1, 1});
  CHECK(halftone::per_channel<0>::parameter_shape(s) == matrix_shape{5, 1});
  CHECK(halftone::per_channel<1>::parameter_shape(s) == matrix_shape{1, 70});
  CHECK(halftone::per_token::parameter_shape(s) == matrix_shape{5, 1});
  CHECK(halftone::per_group<32>::parameter_shape(s) == matrix_shape{5, 3});
  CHECK(halftone::per_block<2, 32>::parameter_shape(s) == matrix_shape{3, 3});
}

TEST_CASE("groups follow the weights") {
  const matrix_shape s{5, 70};
  CHECK(halftone::per_group<32>::group_of(2, 64, s) == 8);
  CHECK(halftone::per_group<32>::group_of(2, 63, s) == 7);
  CHECK(halftone::per_block<2, 32>::group_of(3, 31, s) == 3);
  CHECK(halftone::per_block<2, 32>::group_of(4, 69, s) == 8);
  CHECK(halftone::per_channel<1>::group_of(4, 69, s) == 69);
  CHECK(halftone::per_channel<0>::group_of(4, 69, s) == 4);
}

TEST_CASE("an empty matrix has no groups") {
  for (const matrix_shape s : {matrix_shape{0, 9}, matrix_shape{9, 0}, matrix_shape{}}) {
    for (const matrix_shape planes :
         {halftone::per_tensor::parameter_shape(s), halftone::per_channel<0>::parameter_shape(s),
          halftone::per_channel<1>::parameter_shape(s), halftone::per_group<4>::parameter_shape(s),
          halftone::per_block<2, 2>::parameter_shape(s)}) {
      CHECK(planes.rows * planes.cols == 0);
    }
  }
}

TEST_CASE("names carry the numbers") {
  CHECK(halftone::per_tensor::name() == "per_tensor");
  CHECK(halftone::per_channel<1>::name() == "per_channel<1>");
  CHECK(halftone::per_token::name() == "per_token");
  CHECK(halftone::per_group<24>::name() == "per_group<24>");
  CHECK(halftone::per_block<4, 8>::name() == "per_block<4,8>");
}

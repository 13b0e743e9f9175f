// SPDX-License-Identifier: MIT
// Halftone tests: counts of values against sorted values.
#include "streams.hpp"

#include <halftone/calibration/value_counts.hpp>

#include <algorithm>

using namespace calibration_test;

TEST_CASE("bins count every value, in order") {
  const std::vector<batch> batches = some_batches();
  value_counts counts;
  for (const batch& b : batches) {
    counts.observe(b.view());
  }
  std::vector<float> all = all_values(batches);
  std::ranges::sort(all);
  CHECK(same(counts.ends(), {all.front(), all.back()}));
  std::size_t at = 0;
  for (const counted_bin& b : counts.bins()) {
    CHECK(magnitude(b.outer) >= magnitude(b.inner));
    CHECK(magnitude(b.outer) - magnitude(b.inner) <= magnitude(b.inner) * 0x1p-10f);
    for (std::uint64_t i = 0; i < b.count; ++i, ++at) {
      REQUIRE(at < all.size());
      CHECK(magnitude(all[at]) >= magnitude(b.inner));
      CHECK(magnitude(all[at]) <= magnitude(b.outer));
      CHECK((all[at] < 0.0f) == (b.value() < 0.0f));
    }
  }
  CHECK(at == all.size());
  CHECK(at == counts.count());
}

TEST_CASE("shards that are merged are the same") {
  const std::vector<batch> batches = some_batches();
  value_counts one, a, b;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    one.observe(batches[i].view());
    (i % 3 == 0 ? a : b).observe(batches[i].view());
  }
  a.merge(value_counts{});
  b.merge(a);
  const std::vector<counted_bin> expected = one.bins();
  const std::vector<counted_bin> merged = b.bins();
  REQUIRE(merged.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(merged[i].count == expected[i].count);
    CHECK(merged[i].value() == expected[i].value());
  }
}

TEST_CASE("zeros, the smallest and the largest floats") {
  refuses_what_is_not_finite(value_counts{});
  const float largest = std::numeric_limits<float>::max();
  const float least = std::numeric_limits<float>::denorm_min();
  const std::vector<float> x{0.0f, -0.0f, least, -least, largest, -largest, largest};
  value_counts counts;
  CHECK(counts.bins().empty());
  counts.observe({x.data(), 1, x.size()});
  const std::vector<counted_bin> bins = counts.bins();
  REQUIRE(bins.size() == 4);
  CHECK(bins[0].outer == -largest);
  CHECK(bins[0].count == 1);
  CHECK(bins[1].count == 2);
  CHECK(bins[1].inner == 0.0f);
  CHECK(bins[2].count == 2);
  CHECK(bins[3].outer == largest);
  CHECK(bins[3].count == 2);
  CHECK(is_finite(bins[3].value()));
}

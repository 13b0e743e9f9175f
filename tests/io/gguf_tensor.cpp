// SPDX-License-Identifier: MIT
// Halftone tests: sizes of tensors of GGUF files. Files with wrong ones are in gguf_header.cpp.
#include <halftone/io/gguf_tensor.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone::detail;
using problem = gguf_size::problem;
using dims = std::vector<std::uint64_t>;

namespace {
constexpr std::uint64_t top = gguf_most_elements;  // 2^63 - 1
}

TEST_CASE("bytes are those of whole blocks, for every type") {
  for (std::uint32_t number = 0; number < gguf_tensors.size(); ++number) {
    const auto type = gguf_tensor_type_of(number);
    if (!type) {
      continue;
    }
    CAPTURE(name_of(*type));
    const std::uint64_t block = elements_of_block(*type);
    const std::uint64_t bytes = bytes_of_block(*type);
    CHECK(size_of(*type, dims{block}).bytes == bytes);
    CHECK(size_of(*type, dims{3 * block, 5, 1, 7}).bytes == 105 * bytes);
    CHECK(size_of(*type, dims{0}).bytes == 0);
    CHECK(size_of(*type, dims{block, 0, top / block}).bytes == 0);
    CHECK(size_of(*type, dims{0}).what == problem::none);
    for (const std::uint64_t cols : {std::uint64_t{1}, block - 1, block + 1, 2 * block - 1}) {
      const bool whole = cols % block == 0;
      CHECK(size_of(*type, dims{cols}).what == (whole ? problem::none : problem::broken_block));
      CHECK(size_of(*type, dims{cols, block}).what == (whole ? problem::none : problem::broken_block));
    }
    CHECK(size_of(*type, {}).what == (block == 1 ? problem::none : problem::broken_block));
  }
  CHECK(size_of(gguf_tensor_type::F64, {}).bytes == 8);
}

TEST_CASE("products and bytes up to 2^63 - 1, and not one more") {
  CHECK(size_of(gguf_tensor_type::I8, dims{top}).bytes == top);
  CHECK(size_of(gguf_tensor_type::I8, dims{top + 1}).what == problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I8, dims{top, 2}).what == problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I8, dims{2, top}).what == problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I8, dims{0, 2, top}).what == problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I8, dims{top, 0, 1, top}).what == problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I8, dims{std::uint64_t{1} << 32, std::uint64_t{1} << 32}).what ==
        problem::too_many_elements);
  CHECK(size_of(gguf_tensor_type::I16, dims{top / 2}).bytes == top - 1);
  CHECK(size_of(gguf_tensor_type::I16, dims{top / 2 + 1}).what == problem::too_many_bytes);
  CHECK(size_of(gguf_tensor_type::F64, dims{std::uint64_t{1} << 61}).what == problem::too_many_bytes);
  CHECK(size_of(gguf_tensor_type::F64, dims{0, std::uint64_t{1} << 61}).bytes == 0);
  CHECK(size_of(gguf_tensor_type::Q8_K, dims{top / 256 * 256}).what == problem::too_many_bytes);  // 292 bytes for 256
}

TEST_CASE("a tensor tells its extents, rows and columns") {
  gguf_tensor tensor;
  CHECK(tensor.dims().empty());
  CHECK(tensor.rows() == 1);
  CHECK(tensor.cols() == 1);
  tensor.extents = {64, 3, 5, 1};
  tensor.rank = 3;
  CHECK(dims(tensor.dims().begin(), tensor.dims().end()) == dims{64, 3, 5});
  CHECK(tensor.rows() == 15);
  CHECK(tensor.cols() == 64);
}

template <class T>
concept gives_dims = requires(T&& tensor) { static_cast<T&&>(tensor).dims(); };
static_assert(gives_dims<gguf_tensor&> && gives_dims<const gguf_tensor&>);
static_assert(!gives_dims<gguf_tensor&&>, "a view of a tensor that is gone");

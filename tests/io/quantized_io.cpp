// SPDX-License-Identifier: MIT
// Halftone tests: quantized matrices saved and loaded, with policies of the library and of the test.
#include <halftone/io/quantized_io.hpp>

#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/best_of_neighbours.hpp>
#include <halftone/scheme/presets.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

/// Groups of N weights along a permuted k: the permutation is known at run time, as long as k, and saved with the matrix.
template <std::size_t N>
struct permuted_groups {
  std::vector<std::int32_t> position;  // of weight k in the order in which groups are cut

  static std::string name() { return "permuted_groups<" + std::to_string(N) + ">"; }
  static matrix_shape parameter_shape(matrix_shape s) { return per_group<N>::parameter_shape(s); }
  std::size_t group_of(std::size_t row, std::size_t k, matrix_shape s) const {
    return per_group<N>::group_of(row, static_cast<std::size_t>(position[k]), s);
  }
  void resize_planes(matrix_shape s) { position.resize(s.cols); }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("position", std::span<std::int32_t>(position));
  }
};

/// The same, but it also wants every position to occur.
struct strict_groups : permuted_groups<4> {
  static std::string name() { return "strict_groups"; }
  bool planes_are_valid(matrix_shape s) const {
    std::vector<bool> seen(s.cols);
    for (const std::int32_t p : position) {
      if (p < 0 || static_cast<std::size_t>(p) >= s.cols || seen[static_cast<std::size_t>(p)]) {
        return false;
      }
      seen[static_cast<std::size_t>(p)] = true;
    }
    return true;
  }
};

using permuted = scheme<int4, symmetric, permuted_groups<4>>;
using strict = scheme<int4, symmetric, strict_groups>;
using learned = scheme<runtime_codebook<2>, symmetric, per_channel<0>>;

std::vector<float> weights(matrix_shape shape) {
  std::vector<float> w(shape.rows * shape.cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = (random_unit(7, i) - 0.5f) * 4.0f;
  }
  return w;
}

template <class Scheme>
quantized_matrix<Scheme> quantized(matrix_shape shape, Scheme s = {}) {
  const std::vector<float> w = weights(shape);
  return reference::quantize<Scheme>(matrix_view<const float>(w.data(), shape.rows, shape.cols), min_max{}, s);
}

/// All planes: names, types, shapes, bytes.
template <class Scheme>
std::string planes_of(quantized_matrix<Scheme>& q) {
  std::string all;
  q.for_each_plane("q",
                   [&](const std::string& name, plane_type type, std::size_t rows, std::size_t cols, auto content) {
                     all += name + " " + std::to_string(static_cast<int>(type)) + " " + std::to_string(rows) + " " +
                            std::to_string(cols) + "\n";
                     all.append(reinterpret_cast<const char*>(content.data()), content.size());
                   });
  return all;
}

template <class Scheme>
bytes file_with(const quantized_matrix<Scheme>& q) {
  safetensors_writer writer;
  save(writer, "w", q);
  return writer.to_bytes();
}

template <class Scheme>
void check_round_trip(matrix_shape shape, Scheme s = {}) {
  CAPTURE(Scheme::name());
  CAPTURE(shape.rows);
  CAPTURE(shape.cols);
  quantized_matrix<Scheme> q = quantized<Scheme>(shape, s);
  const bytes content = file_with(q);
  auto loaded = load<Scheme>(safetensors_file::parse(content).value(), "w");
  REQUIRE_MESSAGE(loaded, loaded.failure().text);
  CHECK(loaded.value().shape() == q.shape());
  CHECK(planes_of(loaded.value()) == planes_of(q));
}

template <class... Schemes>
void check_round_trips(std::initializer_list<matrix_shape> shapes) {
  for (const matrix_shape shape : shapes) {
    (check_round_trip<Schemes>(shape), ...);
  }
}

/// A file as `hexdump -C` shows it.
std::string dump_of(const bytes& file) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t line = 0; line < file.size(); line += 16) {
    for (unsigned shift = 32; shift != 0; shift -= 4) {
      text += digits[(line >> (shift - 4)) & 15u];
    }
    std::string shown;
    for (std::size_t i = line; i < line + 16; ++i) {
      text += i % 8 == 0 ? "  " : " ";
      if (i < file.size()) {
        text += digits[file[i] >> 4];
        text += digits[file[i] & 15u];
        shown += file[i] >= 0x20 && file[i] < 0x7f ? static_cast<char>(file[i]) : '.';
      } else {
        text += "  ";
      }
    }
    text += "  |" + shown + "|\n";
  }
  return text;
}

/// Weights 0 to cols - 1 in reverse.
std::vector<std::int32_t> reversed(std::size_t cols) {
  std::vector<std::int32_t> position(cols);
  for (std::size_t k = 0; k < cols; ++k) {
    position[k] = static_cast<std::int32_t>(cols - 1 - k);
  }
  return position;
}

}  // namespace

TEST_CASE("published elements and storages survive saving and loading") {
  check_round_trips<mxfp8_e5m2, mxfp6_e2m3, mxfp4, nvfp4, nf4_g64, nf4_g64_double, ternary_base3_g256,
                    scheme<int16, symmetric, per_group<20>, stored_as<bf16>>,
                    scheme<fp4_bnb, symmetric, flat_blocks<7>, stored_as<fp8_e4m3fn>>,
                    scheme<uint4, asymmetric, per_group<16>, stored_as<best_of_neighbours<fp16>>>>({{0, 0}, {1, 1}, {3, 67}});
}

TEST_CASE("every kind of scheme is loaded with the planes that were saved") {
  using symmetric_scales = scheme<uint8, asymmetric, per_group<3>, stored_as<fp16>>;
  using k_quant = scheme<uint4, float_offset, per_group<4>, quantized_again<symmetric_scales>>;
  using two_storages = scheme<uint3, float_offset, per_group<5>, quantized_again<int8_static>, stored_as<bf16>>;
  check_round_trips<int2_g32, int3_g32, uint3_g32, int4_g32, int4_per_channel, uint4_g32, offset4_g32, int5_g32,
                    int6_g32, scheme<int7, symmetric, per_block<2, 8>, stored_as<bf16>>, int8_per_tensor,
                    int8_per_channel, int8_g32, uint8_per_channel, scheme<uint1, float_offset, per_channel<1>>, float32,
                    float16, brain_float16, k_quant, two_storages>({{3, 37}, {1, 1}, {0, 5}, {4, 0}, {2, 64}});
}

TEST_CASE("a table that is known at run time is saved and loaded") {
  check_round_trip<learned>({3, 7}, learned{.element = {{-1.0f, -0.25f, 0.5f, 1.0f}}});
}

TEST_CASE("groups of scales that are quantized again are checked, too") {
  using scales = scheme<int8_narrow, symmetric, permuted_groups<2>>;
  using nested = scheme<int3, symmetric, per_group<2>, quantized_again<scales>>;
  quantized_matrix<nested> q(matrix_shape{1, 8});
  q.scale_plane().matrix().scheme().granularity.position = {3, 2, 1, 0};
  bytes content = file_with(q);
  CHECK(load<nested>(safetensors_file::parse(content).value(), "w").has_value());
  const bytes position{3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
  const auto at = std::search(content.begin(), content.end(), position.begin(), position.end());
  REQUIRE(at != content.end());
  at[8] = 4;
  const auto failed = load<nested>(safetensors_file::parse(content).value(), "w");
  REQUIRE(!failed);
  CHECK(failed.failure().text == "matrix \"w\": weight [0, 2] is of group 2 of 2");
}

TEST_CASE("a policy with a plane of the matrix's size is resized, filled and checked") {
  check_round_trip<permuted>({3, 10}, permuted{.granularity = {reversed(10)}});

  const auto q = quantized<permuted>({3, 10}, permuted{.granularity = {reversed(10)}});
  for (const std::int32_t wrong :
       {-1, 12, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()}) {
    CAPTURE(wrong);
    auto spoiled = q;
    spoiled.scheme().granularity.position[3] = wrong;
    const bytes content = file_with(spoiled);
    const auto failed = load<permuted>(safetensors_file::parse(content).value(), "w");
    REQUIRE(!failed);
    CHECK(failed.failure().code == file_error::malformed);
    CHECK(failed.failure().text.starts_with("matrix \"w\": weight ["));
    if (wrong == 12) {  // beyond k, and in the last row beyond the last group
      CHECK(failed.failure().text == "matrix \"w\": weight [2, 3] is of group 9 of 9");
    }
  }

  auto longer = q;
  longer.scheme().granularity.position.push_back(0);
  const bytes content = file_with(longer);
  const auto failed = load<permuted>(safetensors_file::parse(content).value(), "w");
  REQUIRE(!failed);
  CHECK(failed.failure().text == "matrix \"w\": tensor \"w.position\" is [1, 11], should be [1, 10]");
}

TEST_CASE("a policy that checks its planes has the last word") {
  check_round_trip<strict>({2, 6}, strict{.granularity = {{reversed(6)}}});
  auto q = quantized<strict>({2, 6}, strict{.granularity = {{reversed(6)}}});
  q.scheme().granularity.position[0] = 0;
  const bytes content = file_with(q);
  const auto failed = load<strict>(safetensors_file::parse(content).value(), "w");
  REQUIRE(!failed);
  CHECK(failed.failure().code == file_error::malformed);
  CHECK(failed.failure().text == "matrix \"w\": the planes of strict_groups break its rules");
}

TEST_CASE("a table that holds NaN or infinity is refused") {
  for (const float wrong : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    auto q = quantized<learned>({1, 4}, learned{.element = {{-1.0f, 0.0f, 0.5f, 1.0f}}});
    q.scheme().element.entries[3] = wrong;
    const bytes content = file_with(q);
    const auto failed = load<learned>(safetensors_file::parse(content).value(), "w");
    REQUIRE(!failed);
    CHECK(failed.failure().text == "matrix \"w\": tensor \"w.table\" holds NaN or infinity at element 3");
  }
}

TEST_CASE("a scale that is NaN or infinite is not saved") {
  auto q = quantized<uint8_per_channel>({2, 4});
  q.scale_plane().set(1, std::numeric_limits<float>::infinity());
  safetensors_writer writer;
  CHECK_THROWS_WITH_AS(save(writer, "w", q), "save: matrix \"w\": the scale or offset of group 1 is NaN or infinite",
                       error);
}

TEST_CASE("several matrices share a file with other tensors, and a temporary is copied") {
  const auto first = quantized<int4_g32>({3, 40});
  safetensors_writer writer;
  save(writer, "layer.0", first);
  save(writer, "layer.1", quantized<int8_per_channel>({2, 5}));
  writer.add("norm", safetensors_type::F32, {1}, bytes{0, 0, 0, 0});
  writer.set_metadata("format", "pt");
  const temporary_folder folder;
  REQUIRE(writer.write(folder / "file"));
  const auto file = safetensors_file::open(folder / "file").value();
  CHECK(load<int4_g32>(file, "layer.0"));
  auto second = load<int8_per_channel>(file, "layer.1");
  REQUIRE(second);
  auto again = quantized<int8_per_channel>({2, 5});
  CHECK(planes_of(second.value()) == planes_of(again));
  CHECK(file.find("norm") != nullptr);
  CHECK(load<int8_per_channel>(file, "norm").failure().code == file_error::not_found);
  CHECK_THROWS_WITH_AS(save(writer, "layer.0", first), "safetensors_writer: tensor \"layer.0.codes\" added twice",
                       error);
}

TEST_CASE("a saved matrix with any one bit flipped is refused or loaded, never worse") {
  using k_quant =
      scheme<uint3, float_offset, permuted_groups<4>, quantized_again<scheme<int8_narrow, symmetric, per_tensor>>>;
  const bytes content = file_with(quantized<k_quant>({2, 6}, k_quant{.granularity = {reversed(6)}}));
  REQUIRE(load<k_quant>(safetensors_file::parse(content).value(), "w"));
  std::size_t loaded = 0;
  for (std::size_t bit = 0; bit < 8 * content.size(); ++bit) {
    bytes flipped = content;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << (bit % 8)));
    const auto file = safetensors_file::parse(flipped);
    if (file) {
      const auto q = load<k_quant>(file.value(), "w");
      if (q) {
        ++loaded;
        for (std::size_t k = 0; k < 12; ++k) {
          const float value = q.value().value_at(k / 6, k % 6);
          CHECK(value == value);  // large finite parameters may give an infinite weight, never NaN
        }
      }
    }
  }
  CHECK(loaded > 0);
}

TEST_CASE("the file in the documentation is the file that is written") {
  using documented = scheme<uint4, asymmetric, per_group<2>, stored_as<fp16>>;
  const std::vector<float> w{0.0f, 7.5f, -1.0f, -4.0f, 3.5f, 0.0f};
  const auto q = reference::quantize<documented>(matrix_view<const float>(w.data(), 2, 3));
  const std::string dump = dump_of(file_with(q));
  const bytes page = contents_of(HALFTONE_SOURCE_DIR "/docs/save_format.md");
  const std::string text(page.begin(), page.end());
  INFO("docs/save_format.md should hold:\n" << dump);
  CHECK(text.find("```\n" + dump + "```\n") != std::string::npos);
}

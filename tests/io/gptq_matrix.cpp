// SPDX-License-Identifier: MIT
// Halftone tests: recorded layers of auto-gptq read, made again and written; files that are wrong.
#include <halftone/io/gptq_matrix.hpp>

#include <halftone/format/gptq/quantize.hpp>

#include "checkpoint_editor.hpp"

#include <algorithm>
#include <limits>

using namespace halftone;
using namespace halftone_test;
using gptq::version;
using type = safetensors_type;

namespace {

template <class Scheme>
void as_recorded(const std::string& name, bool ordered) {
  CAPTURE(name);
  const checkpoint_editor golden("gptq");
  const split_checkpoint split(golden);
  const auto m = gptq::read<Scheme>(split.open(), name, version::v1).value();
  const auto& q = m.weights;
  CHECK(m.order.empty() != ordered);
  const std::vector<float> reals = golden.floats(name + ".real");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const std::size_t row = i / q.cols(), j = i % q.cols();
    const float real = reals[row * q.cols() + (ordered ? m.order[j] : j)];
    wrong += fp16::decode(fp16::encode(q.value_at(row, j))) != real;  // the package multiplies in fp16
  }
  CHECK(wrong == 0);
  safetensors_writer writer;
  gptq::write(writer, name, m, version::v1);
  CHECK(checkpoint_editor(writer).tensors == golden.layer(name + "."));
  if (!ordered) {
    const std::vector<float> x = golden.floats(name + ".x");
    const auto again = gptq::quantize<Scheme>({x.data(), q.rows(), q.cols()});
    CHECK(std::ranges::equal(again.codes(), q.codes()));
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      CHECK((again.scale_at(g) == q.scale_at(g) && again.zero_point_at(g) == q.zero_point_at(g)));
    }
  }
}

using layer4 = gptq::layer<uint4, per_group<64>>;
template <class Scheme = layer4>
file_failure refused(const checkpoint_editor& edited, const std::string& name = "ordered4") {
  return edited.failure([&](const safetensors_file& file) { return gptq::read<Scheme>(file, name, version::v1); });
}
void set_group(checkpoint_editor& e, std::size_t k, std::uint8_t group) {
  for (std::size_t b = 0; b < 4; ++b) {
    e.tensors.at("ordered4.g_idx").bytes[4 * k + b] = group == 255 ? 255 : b == 0 ? group : std::uint8_t{0};
  }
}

}  // namespace

TEST_CASE("recorded layers") {
  as_recorded<gptq::layer<uint2, per_group<32>>>("natural2", false);
  as_recorded<gptq::layer<uint3, per_group<32>>>("ordered3", true);
  as_recorded<gptq::layer<uint4, per_channel<0>>>("row4", false);
  as_recorded<layer4>("ordered4", true);
  as_recorded<gptq::layer<uint8, per_group<64>>>("natural8", false);
}

TEST_CASE("a file without g_idx is in natural order") {
  checkpoint_editor e("gptq");
  const std::vector<std::uint8_t> with = e.bytes();
  e.tensors.erase("natural8.g_idx");
  const std::vector<std::uint8_t> without = e.bytes();
  using layer8 = gptq::layer<uint8, per_group<64>>;
  const auto a = gptq::read<layer8>(safetensors_file::parse(with).value(), "natural8", version::v1).value();
  const auto b = gptq::read<layer8>(safetensors_file::parse(without).value(), "natural8", version::v1).value();
  CHECK(std::ranges::equal(a.weights.codes(), b.weights.codes()));
  CHECK(b.order.empty());
}

TEST_CASE("version 2 holds zero points as they are") {
  const checkpoint_editor golden("gptq");
  const std::vector<std::uint8_t> content = golden.bytes();
  const safetensors_file file = safetensors_file::parse(content).value();
  const auto one = gptq::read<layer4>(file, "ordered4", version::v1).value();
  const auto two = gptq::read<layer4>(file, "ordered4", version::v2).value();
  CHECK(one.weights.zero_point_at(5) == two.weights.zero_point_at(5) + 1);
  safetensors_writer writer;
  gptq::write(writer, "ordered4", two, version::v2);
  CHECK(checkpoint_editor(writer).tensors == golden.layer("ordered4."));
}

TEST_CASE("wrong files") {
  checkpoint_editor e("gptq");
  CHECK_REFUSED((refused<gptq::layer<uint4, per_group<32>>>(e)), scheme_mismatch, "\"ordered4.scales\": its shape is [2, 32], not [3, 32]");
  CHECK_REFUSED((refused<gptq::layer<uint8, per_group<64>>>(e)), scheme_mismatch, "its shape is [96], which does not go with 12 words of codes");
  CHECK_REFUSED((refused<gptq::layer<uint4, per_group<64>, gptq::affine, stored_as<bf16>>>(e)), scheme_mismatch, "its type is F16, not BF16");
  for (const std::string name : {"qweight", "qzeros", "scales"}) {
    e = checkpoint_editor("gptq");
    e.tensors.erase("ordered4." + name);
    CHECK_REFUSED(refused(e), not_found, "there is no tensor \"ordered4." + name + "\"");
  }
  e = checkpoint_editor("gptq");
  e.tensors.at("ordered4.qweight").type = type::F32;
  CHECK_REFUSED(refused(e), scheme_mismatch, "its type is F32, not I32");
  e.tensors.at("ordered4.qweight").type = type::I32;
  e.tensors.at("ordered4.qweight").shape = {12 * 32};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [384], not that of a matrix with weights");
  e.tensors.at("ordered4.qweight") = {type::I32, {0, 32}, {}};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [0, 32], not that of a matrix with weights");

  e = checkpoint_editor("gptq");
  e.tensors.at("ordered4.qzeros").shape = {1, 8};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [1, 8], not [2, 4]");
  e.tensors.at("ordered4.g_idx").shape = {96, 1};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [96, 1], which does not go with 12 words");
  e.tensors.at("ordered4.g_idx") = {type::I64, {48}, e.tensors.at("ordered4.g_idx").bytes};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its type is I64, not I32");
  e = checkpoint_editor("gptq");
  e.tensors.at("ordered4.scales").bytes[9] = 0x7c;
  e.tensors.at("ordered4.scales").bytes[8] = 0;
  CHECK_REFUSED(refused(e), malformed, "element 4 is NaN or infinite");
}

TEST_CASE("groups that do not exist, or are too full") {
  for (const std::uint8_t group : {std::uint8_t{2}, std::uint8_t{255}}) {  // 255: below zero
    checkpoint_editor e("gptq");
    set_group(e, 7, group);
    CHECK_REFUSED(refused(e), malformed, "\"ordered4.g_idx\": not 2 groups of 64 columns");
  }
  checkpoint_editor e("gptq");
  for (std::size_t k = 0; k < 96; ++k) {
    set_group(e, k, 0);
  }
  CHECK_REFUSED(refused(e), malformed, "not 2 groups of 64 columns");
}

TEST_CASE("version 1 of 3 bits has no zero point 0") {
  checkpoint_editor e("gptq");
  auto& zeros = e.tensors.at("ordered3.qzeros").bytes;
  zeros[0] = static_cast<std::uint8_t>(zeros[0] | 7);
  using layer3 = gptq::layer<uint3, per_group<32>>;
  CHECK_REFUSED(refused<layer3>(e, "ordered3"), scheme_mismatch, "group 0 of row 0 has zero point 8, which is no level");
  safetensors_writer writer;
  CHECK_THROWS_WITH_AS(gptq::write(writer, "w", gptq::sorted_matrix<layer3>{quantized_matrix<layer3>(matrix_shape{32, 32}), {}}, version::v1),
                       doctest::Contains("has zero point 0, which version 1 does not hold"), error);
  CHECK(checkpoint_editor(writer).tensors.empty());
}

TEST_CASE("an order that does not have every column once is not written") {
  safetensors_writer writer;
  gptq::sorted_matrix<layer4> m{quantized_matrix<layer4>(matrix_shape{1, 4}), {1, 0, 3, 9}};
  CHECK_THROWS_WITH_AS(gptq::write(writer, "w", m, version::v2),
                       "gptq::sort_columns: place 3 has column 9, which is none of 4 or has a place before", error);
  m.order = {1, 0, 2};
  CHECK_THROWS_WITH_AS(gptq::write(writer, "w", m, version::v2), "gptq::sort_columns: 3 places for 4 columns", error);
  CHECK(checkpoint_editor(writer).tensors.empty());
}

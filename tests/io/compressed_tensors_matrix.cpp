// SPDX-License-Identifier: MIT
// Halftone tests: recorded layers of compressed-tensors read, made again and written; files that are wrong.
#include <halftone/io/compressed_tensors_matrix.hpp>

#include <halftone/quantize/quantize.hpp>

#include "checkpoint_editor.hpp"

#include <algorithm>

using namespace halftone;
using namespace halftone_test;
using type = safetensors_type;
namespace ct = halftone::compressed_tensors;

namespace {

using packed4 = ct::integers<int4, per_group<32>, ct::affine, stored_as<fp32>>;
using bytes8 = ct::integers<int8, per_channel<0>, ct::affine, stored_as<fp32>>;

template <bool MadeAgain = true, class Read, class Write>
void as_recorded(const std::string& name, const Read& read, const Write& write) {
  CAPTURE(name);
  const checkpoint_editor golden("compressed_tensors");
  const split_checkpoint split(golden);
  const auto q = read(split.open(), name).value();
  const std::vector<float> reals = golden.floats(name + ".real");
  if (golden.tensors.at(name + ".real").type == type::BF16) {  // the package ends in bfloat16 there
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < reals.size(); ++i) {
      wrong += bf16::decode(bf16::encode(q.value_at(i / q.cols(), i % q.cols()))) != reals[i];
    }
    CHECK(wrong == 0);
  } else {
    check_reals(q, reals);
  }
  safetensors_writer writer;
  write(writer, name, q);
  CHECK(checkpoint_editor(writer).tensors == golden.layer(name + "."));
  if constexpr (MadeAgain) {
    const std::vector<float> x = golden.floats(name + ".x");
    const auto again = quantize<std::remove_cvref_t<decltype(q.scheme())>>({x.data(), q.rows(), q.cols()});
    CHECK(std::ranges::equal(again.codes(), q.codes()));
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      CHECK((again.scale_at(g) == q.scale_at(g) && again.zero_point_at(g) == q.zero_point_at(g)));
    }
  }
}
template <class Scheme>
void packed(const std::string& name) {
  as_recorded(name, ct::read_packed<Scheme>, ct::write_packed<Scheme>);
}

template <class Scheme>
constexpr bool is_read_packed =
    requires(const safetensors_file& file, const std::string& layer) { ct::read_packed<Scheme>(file, layer); };
template <class Scheme>
constexpr bool is_written_packed = requires(safetensors_writer& writer, const std::string& layer, const quantized_matrix<Scheme>& q) {
  ct::write_packed(writer, layer, q);
};
template <class Granularity, bool Holds>
void check_packed() {
  using scheme = ct::integers<int4, Granularity, ct::affine>;
  static_assert(is_read_packed<scheme> == Holds && is_written_packed<scheme> == Holds);
}

file_failure packed_refused(const checkpoint_editor& e) {
  return e.failure([](const safetensors_file& file) { return ct::read_packed<packed4>(file, "packed4"); });
}
file_failure bytes_refused(const checkpoint_editor& e) {
  return e.failure([](const safetensors_file& file) { return ct::read_bytes<bytes8>(file, "int"); });
}
file_failure nvfp4_refused(const checkpoint_editor& e) {
  return e.failure([](const safetensors_file& file) { return ct::read_nvfp4(file, "nvfp4"); });
}
checkpoint_editor without(const std::string& name) {
  checkpoint_editor e("compressed_tensors");
  e.tensors.erase(name);
  return e;
}

/// The group of each column.
template <class Group>
void set_groups(checkpoint_editor& e, const Group& group) {
  auto& index = e.tensors["packed4.weight_g_idx"] = {type::I32, {64}, std::vector<std::uint8_t>(64 * 4)};
  for (std::size_t k = 0; k < 64; ++k) {
    write_code<32>(index.bytes.data(), k, static_cast<std::uint32_t>(group(k)));
  }
}

}  // namespace

TEST_CASE("packed files have groups that are runs of a row") {
  check_packed<per_group<32>, true>();
  check_packed<per_channel<0>, true>();
  check_packed<per_tensor, false>();
}

TEST_CASE("recorded layers") {
  packed<packed4>("packed4");
  packed<ct::integers<int8, per_channel<0>, ct::symmetric, stored_as<fp32>>>("packed8");
  packed<ct::integers<int3, per_channel<0>, ct::affine, stored_as<fp32>>>("packed3");
  as_recorded("int", ct::read_bytes<bytes8>, ct::write_bytes<bytes8>);
  using fp8 = ct::floats<per_tensor, stored_as<fp32>>;
  as_recorded("float", ct::read_bytes<fp8>, ct::write_bytes<fp8>);
  as_recorded("nvfp4", ct::read_nvfp4, ct::write_nvfp4);
}

TEST_CASE("columns in activation order are sorted by their groups") {
  checkpoint_editor e("compressed_tensors");
  const auto read = [&] {
    const std::vector<std::uint8_t> content = e.bytes();
    return ct::read_ordered<packed4>(safetensors_file::parse(content).value(), "packed4").value();
  };
  const auto natural = read();
  CHECK(natural.order.empty());
  set_groups(e, [](std::size_t k) { return static_cast<int>(k / 32); });
  CHECK(read().order.empty());
  set_groups(e, [](std::size_t k) { return k == 63 ? -1 : 7; });  // never set: says nothing
  CHECK(read().order.empty());
  set_groups(e, [](std::size_t k) { return static_cast<int>(k % 2); });
  const auto m = read();
  REQUIRE(m.order.size() == 64);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 12 * 64; ++i) {
    const std::size_t row = i / 64, j = i % 64, k = m.order[j];
    wrong += k != j % 32 * 2 + j / 32 || m.weights.code_at(row, j) != natural.weights.code_at(row, k) ||
             m.weights.scale_at(row * 2 + j / 32) != natural.weights.scale_at(row * 2 + j / 32);
  }
  CHECK(wrong == 0);
}

TEST_CASE("fp8 in blocks of rows and columns") {
  using blocks = ct::floats<per_block<128, 128>>;
  quantized_matrix<blocks> q(matrix_shape{130, 200});
  for (std::size_t i = 0; i < q.codes().size(); ++i) {
    q.codes()[i] = static_cast<std::uint8_t>(i % 127);
  }
  q.scale_plane().set(3, 0.5f);
  safetensors_writer writer;
  ct::write_bytes(writer, "block", q);
  checkpoint_editor e(writer);
  CHECK(e.tensors.at("block.weight_scale").shape == std::vector<std::uint64_t>{2, 2});
  const std::vector<std::uint8_t> content = e.bytes();
  const auto again = ct::read_bytes<blocks>(safetensors_file::parse(content).value(), "block").value();
  CHECK((std::ranges::equal(again.codes(), q.codes()) && again.scale_at(3) == q.scale_at(3)));
  e.tensors.at("block.weight_scale").shape = {4, 1};
  CHECK_REFUSED(e.failure([](const safetensors_file& file) { return ct::read_bytes<blocks>(file, "block"); }), scheme_mismatch,
                "its shape is [4, 1], not [2, 2]");
}

TEST_CASE("mxfp4-pack-quantized") {
  quantized_matrix<ct::mxfp4_blocks> q(matrix_shape{3, 64});
  for (std::size_t i = 0; i < q.codes().size(); ++i) {
    q.codes()[i] = static_cast<std::uint8_t>(7 * i);
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, 1.0f);
  }
  safetensors_writer writer;
  ct::write_mxfp4(writer, "mx", q);
  const checkpoint_editor golden(writer);
  CHECK(golden.tensors.at("mx.weight_scale") == checkpoint_editor::tensor{type::U8, {3, 2}, std::vector<std::uint8_t>(6, 127)});
  const std::vector<std::uint8_t> content = golden.bytes();
  const auto again = ct::read_mxfp4(safetensors_file::parse(content).value(), "mx").value();
  CHECK((std::ranges::equal(again.codes(), q.codes()) && again.scale_at(5) == 1.0f));
  const auto refused = [](const checkpoint_editor& e) { return e.failure([](const safetensors_file& file) { return ct::read_mxfp4(file, "mx"); }); };
  for (const std::string name : {"mx.weight_packed", "mx.weight_scale"}) {
    checkpoint_editor e = golden;
    e.tensors.erase(name);
    CHECK_REFUSED(refused(e), not_found, "there is no tensor \"" + name + "\"");
  }
  checkpoint_editor e = golden;
  e.tensors.at("mx.weight_scale").bytes[4] = 255;
  CHECK_REFUSED(refused(e), malformed, "element 4 is NaN or infinite");
  CHECK_THROWS_WITH_AS(ct::write_mxfp4(writer, "w", quantized_matrix<ct::mxfp4_blocks>(matrix_shape{1, 17})),
                       doctest::Contains("fp4 has no rows of 17 weights"), error);
}

TEST_CASE("wrong files of pack-quantized") {
  for (const std::string name : {"weight_packed", "weight_shape", "weight_scale", "weight_zero_point"}) {
    CHECK_REFUSED(packed_refused(without("packed4." + name)), not_found, "there is no tensor \"packed4." + name + "\"");
  }
  checkpoint_editor e("compressed_tensors");
  e.tensors.at("packed4.weight_packed").shape = {96};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [96], not that of a matrix with weights");
  e.tensors.at("packed4.weight_packed") = {type::I32, {0, 8}, {}};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [0, 8], not that of a matrix with weights");
  e = checkpoint_editor("compressed_tensors");
  e.tensors.at("packed4.weight_packed").type = type::U32;
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its type is U32, not I32");
  for (const std::size_t byte : {0u, 7u, 8u, 15u}) {  // other rows and columns, huge ones and those below zero
    e = checkpoint_editor("compressed_tensors");
    e.tensors.at("packed4.weight_shape").bytes[byte] = 0xc0;
    CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [12, 8], not that of [");
  }
  e = checkpoint_editor("compressed_tensors");
  e.tensors.at("packed4.weight_shape").shape = {2, 1};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [2, 1], not [2]");
  e = checkpoint_editor("compressed_tensors");
  e.tensors.at("packed4.weight_scale").shape = {24, 1};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [24, 1], not [12, 2]");
  e.tensors.at("packed4.weight_scale").type = type::I32;
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its type is I32, not F32");
  e = checkpoint_editor("compressed_tensors");
  e.number("packed4.weight_scale", 5, std::numeric_limits<float>::infinity());
  CHECK_REFUSED(packed_refused(e), malformed, "element 5 is NaN or infinite");
  e = checkpoint_editor("compressed_tensors");
  e.tensors.at("packed4.weight_zero_point").shape = {1, 4};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [1, 4], not [2, 2]");
  e = checkpoint_editor("compressed_tensors");
  e.tensors["packed4.weight_g_idx"] = {type::I32, {1}, {0, 0, 0, 0}};
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "its shape is [1], not [64]");
  set_groups(e, [](std::size_t k) { return k < 33 ? 0 : 1; });
  CHECK_REFUSED(packed_refused(e), malformed, "\"packed4.weight_g_idx\": not 2 groups of 32 columns");
  set_groups(e, [](std::size_t k) { return k < 32 ? 0 : 2; });
  CHECK_REFUSED(packed_refused(e), malformed, "not 2 groups of 32 columns");
  set_groups(e, [](std::size_t k) { return static_cast<int>(k % 2); });
  CHECK_REFUSED(packed_refused(e), scheme_mismatch, "layer \"packed4\" has columns in activation order");
}

TEST_CASE("wrong files of int-quantized") {
  for (const std::string name : {"weight", "weight_scale", "weight_zero_point"}) {
    CHECK_REFUSED(bytes_refused(without("int." + name)), not_found, "there is no tensor \"int." + name + "\"");
  }
  checkpoint_editor e("compressed_tensors");
  e.tensors.at("int.weight_zero_point").shape = {12};
  CHECK_REFUSED(bytes_refused(e), scheme_mismatch, "its shape is [12], not [12, 1]");
  e.tensors.at("int.weight_zero_point").type = type::U8;
  CHECK_REFUSED(bytes_refused(e), scheme_mismatch, "its type is U8, not I8");
  e.tensors.at("int.weight").type = type::F8_E4M3;
  CHECK_REFUSED(bytes_refused(e), scheme_mismatch, "its type is F8_E4M3, not I8");
}

TEST_CASE("wrong files of nvfp4-pack-quantized") {
  for (const std::string name : {"weight_packed", "weight_scale", "weight_global_scale"}) {
    CHECK_REFUSED(nvfp4_refused(without("nvfp4." + name)), not_found, "there is no tensor \"nvfp4." + name + "\"");
  }
  checkpoint_editor e("compressed_tensors");
  e.tensors.at("nvfp4.weight_scale").shape = {4, 12};
  CHECK_REFUSED(nvfp4_refused(e), scheme_mismatch, "its shape is [4, 12], not [12, 4]");
  for (const float scale : {0.0f, -1.0f, std::numeric_limits<float>::infinity()}) {
    e = checkpoint_editor("compressed_tensors");
    e.number("nvfp4.weight_global_scale", 0, scale);
    CHECK_REFUSED(nvfp4_refused(e), malformed, "\"nvfp4.weight_global_scale\": its scale is ");
  }
  e = checkpoint_editor("compressed_tensors");
  e.tensors.at("nvfp4.weight_scale").bytes[3] = 0x7f;
  CHECK_REFUSED(nvfp4_refused(e), malformed, "element 3 is NaN or infinite");
  safetensors_writer writer;
  CHECK_THROWS_WITH_AS(ct::write_nvfp4(writer, "w", quantized_matrix<ct::nvfp4_blocks>(matrix_shape{1, 17})),
                       doctest::Contains("fp4 has no rows of 17 weights"), error);
}

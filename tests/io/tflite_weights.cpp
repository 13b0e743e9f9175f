// SPDX-License-Identifier: MIT
// Halftone tests: constants of .tflite files as matrices, parameters and numbers; what cannot be one is refused.
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>

#include "tflite_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

std::string golden(const std::string& name) { return HALFTONE_SOURCE_DIR "/tests/io/tflite_golden/" + name + ".tflite"; }

template <class Call>
file_failure failure_of(const flat_builder& builder, const std::string& name, const Call& call) {
  const bytes content = builder.file();
  const tflite_file file = tflite_file::parse(content).value();
  const auto result = call(file.tensor(file.find(name).value()));
  REQUIRE(!result);
  return result.failure();
}
template <class Scheme>
std::string matrix_failure(const flat_builder& builder, const std::string& name = "w", file_error code = file_error::scheme_mismatch) {
  const file_failure failure = failure_of(builder, name, [](const tflite_tensor& tensor) { return read_matrix<Scheme>(tensor); });
  CHECK(failure.code == code);
  return failure.text;
}

using per_row = tflite::weights<int8>;

}  // namespace

TEST_CASE("weights with a scale a row") {
  const tflite_file file = tflite_file::open(golden("dense")).value();
  const auto q = read_matrix<per_row>(file.tensor(*file.find("weights"))).value();
  CHECK(q.shape() == matrix_shape{3, 5});
  for (std::size_t i = 0; i < 15; ++i) {
    CHECK(int8::level_of(q.code_at(i / 5, i % 5)) == -128 + 17 * static_cast<int>(i));
  }
  CHECK((q.scale_at(0) == 0.5f && q.scale_at(1) == 0.25f && q.scale_at(2) == 2.0f));
  CHECK(read_numbers<std::int32_t>(file.tensor(*file.find("bias"))).value() == std::vector<std::int32_t>{1, -2, 1 << 20});
  CHECK(read_parameters(file.tensor(*file.find("x"))).value() == group_parameters{.scale = 0.5f, .zero_point = -3});
}

TEST_CASE("four bits, rows that end within a byte") {
  const tflite_file file = tflite_file::open(golden("nibbles")).value();
  const auto q = read_matrix<tflite::weights<int4, per_tensor>>(file.tensor(*file.find("weights"))).value();
  const int levels[9] = {-8, 7, 1, 0, -1, 2, 3, 4, 5};
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(int4::level_of(q.code_at(i / 3, i % 3)) == levels[i]);
  }
  CHECK(q.scale_at(0) == 0.125f);
}

TEST_CASE("floats of 16 and 32 bits") {
  const tflite_file file = tflite_file::open(golden("half")).value();
  const auto q = read_matrix<tflite::float16_weights>(file.tensor(*file.find("half"))).value();
  CHECK((q.value_at(0, 0) == 1.5f && q.value_at(0, 1) == -2.0f && q.value_at(1, 0) == 65504.0f && q.value_at(1, 1) == 0x1p-24f));
  CHECK(read_numbers<float>(file.tensor(*file.find("bias"))).value() == std::vector<float>{0.5f, -0.25f});
}

TEST_CASE("a zero point, for schemes that have one") {
  using with_zero = scheme<int8, asymmetric, per_tensor>;
  const bytes content = layer_file().set("wq.s", 1, 4).set("wq.z", 1, 4).set("wq.z[0]", 5, 8).file();
  const tflite_file file = tflite_file::parse(content).value();
  CHECK(read_matrix<with_zero>(file.tensor(1)).value().zero_point_at(0) == 5);
  CHECK(matrix_failure<tflite::weights<int8, per_tensor>>(layer_file().set("wq.s", 1, 4).set("wq.z", 1, 4).set("wq.z[0]", 5, 8)) ==
        "tflite: tensor \"w\": zero point 5, which the scheme does not have");
  for (const std::int64_t wrong : {128, -129}) {
    CHECK(matrix_failure<with_zero>(layer_file().set("wq.s", 1, 4).set("wq.z", 1, 4).set("wq.z[0]", static_cast<std::uint64_t>(wrong), 8), "w",
                                    file_error::malformed) ==
          "tflite: tensor \"w\": zero point " + std::to_string(wrong) + ", outside -128..127");
  }
}

TEST_CASE("what is no such matrix is refused") {
  CHECK(matrix_failure<tflite::weights<int4>>(layer_file()) == "tflite: tensor \"w\": its type is INT8, not INT4");
  CHECK(matrix_failure<per_row>(layer_file(), "y", file_error::not_found) == "tflite: tensor \"y\": it is no constant");
  CHECK(matrix_failure<per_row>(layer_file().set("ws", 1, 4).set("ws[0]", 6, 4).drop("w", 4)) == "tflite: tensor \"w\": 1 dimensions, not the 2 of a matrix");
  CHECK(matrix_failure<tflite::weights<int8, per_tensor>>(layer_file()) == "tflite: tensor \"w\": 2 scales along axis 0, not 1 along axis 0");
  CHECK(matrix_failure<per_row>(layer_file().drop("w", 4)) == "tflite: tensor \"w\": 0 scales along axis 0, not 2 along axis 0");
  CHECK(matrix_failure<per_row>(layer_file().set("ws[0]", 3, 4).set("ws[1]", 2, 4).set("wq/6", 1, 4)) ==
        "tflite: tensor \"w\": 2 scales along axis 1, not 3 along axis 0");
  CHECK(matrix_failure<per_row>(layer_file().set("wq/4", 1, 1)) == "tflite: tensor \"w\": its scales are not one for all or one a row");
  CHECK(matrix_failure<per_row>(layer_file().set("wq.s[1]", 0xbf800000, 4), "w", file_error::malformed) == "tflite: tensor \"w\": scale 1 is -1");
  const file_failure infinite = failure_of(layer_file().set("wq.s[1]", 0x7f800000, 4), "w", [](const tflite_tensor& t) { return read_matrix<per_row>(t); });
  CHECK(infinite.text == "tflite: tensor \"w\": scale 1 is inf");
  CHECK(infinite.offset == layer_file().at("wq.s[1]"));
  for (const unsigned field : {6u, 10u}) {  // sparse; in another file
    flat_builder f;
    f.table("model", {{0, 4, 3}, {2, 4, 0, "graphs"}, {4, 4, 0, "buffers"}}).tables("graphs", {"graph"});
    f.table("graph", {{0, 4, 0, "tensors"}}).tables("tensors", {"t"});
    if (field == 6) {
      f.table("t", {{0, 4, 0, "ts"}, {1, 1, 9}, {2, 4, 1}, {3, 4, 0, "n"}, {6, 4, 0, "sparsity"}}).table("sparsity", {});
    } else {
      f.table("t", {{0, 4, 0, "ts"}, {1, 1, 9}, {2, 4, 1}, {3, 4, 0, "n"}, {10, 4, 3}});
    }
    f.numbers("ts", 4, {1, 1}).text("n", "w").tables("buffers", {"none", "one"}).table("none", {});
    f.table("one", {{0, 4, 0, "bytes"}}).numbers("bytes", 1, {1}).finish();
    CHECK(matrix_failure<per_row>(f, "w", file_error::unknown_type) ==
          std::string("tflite: tensor \"w\": it is ") + (field == 6 ? "sparse" : "in another file") + ", which is not read");
  }
}

TEST_CASE("weights in blocks") {
  const bytes content = block_file().file();
  const tflite_file file = tflite_file::parse(content).value();
  const tflite_blocks blocks = file.tensor(0).quantization.blocks().value();
  CHECK((blocks.block_size == 2 && blocks.scales == 1 && !blocks.zero_points));
  const auto q = read_blocks<int4, 2>(file.tensor(0), file.tensor(blocks.scales)).value();
  const float reals[8] = {0.5f, 1.0f, -1.0f, -8.0f, 0.0f, 14.0f, 0.0f, 0.0f};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(q.value_at(i / 4, i % 4) == reals[i]);
  }
  CHECK(matrix_failure<tflite::weights<int4>>(block_file()) == "tflite: tensor \"w\": its scales are not one for all or one a row");
}

TEST_CASE("blocks that are refused") {
  const auto failure = [](const flat_builder& builder, file_error code, std::size_t scales = 1) {
    return failure_of(builder, "w", [&](const tflite_tensor& w) {
      const bytes content = builder.file();
      const result<quantized_matrix<tflite::block_weights<int4, 2>>> q = read_blocks<int4, 2>(w, tflite_file::parse(content).value().tensor(scales));
      CHECK((q || q.failure().code == code));
      return q;
    }).text;
  };
  using enum file_error;
  const std::string shape = "tflite: tensor \"w\": it is no matrix of whole blocks of 2 along each row, without zero points";
  CHECK(failure(block_file().set("wb/2", 4, 4), scheme_mismatch) == shape);
  CHECK(failure(block_file().set("wb/1", 1, 4), scheme_mismatch) == shape);
  CHECK(failure(block_file().drop("wb", 1), scheme_mismatch) == shape);  // absent: those of tensor 0
  CHECK(failure(block_file().set("wq/4", 0, 1), scheme_mismatch) == shape);
  CHECK(failure(block_file().set("wq/4", 3, 1), scheme_mismatch) == shape);  // several axes
  CHECK(failure(block_file().set("ws", 1, 4).set("ws[0]", 8, 4), scheme_mismatch) == shape);
  CHECK(failure(block_file().set("ws[0]", 8, 4).set("ws[1]", 1, 4), scheme_mismatch) == shape);
  CHECK(failure(block_file().set("w/1", 9, 1).set("ws[0]", 1, 4), scheme_mismatch) == "tflite: tensor \"w\": its type is INT8, not INT4");
  CHECK(failure(block_file(), scheme_mismatch, 0) == "tflite: tensor \"w\": its type is INT4, not FLOAT16");
  CHECK(failure(block_file().set("s/2", 0, 4), not_found) == "tflite: tensor \"s\": it is no constant");
  CHECK(failure(block_file().set("ss[0]", 1, 4).set("scales.bytes", 4, 4), scheme_mismatch) == "tflite: tensor \"s\": 2 scales, not 4");
  CHECK(failure(block_file().set("scales.bytes[3]", 0xbc, 1), malformed) == "tflite: tensor \"s\": scale 1 is -1");
  CHECK(failure(block_file().set("scales.bytes[3]", 0x7c, 1), malformed) == "tflite: tensor \"s\": scale 1 is inf");
  const bytes empty = block_file().set("ws[0]", 0, 4).set("codes.bytes", 0, 4).set("ss[0]", 0, 4).set("scales.bytes", 0, 4).file();
  const tflite_file none = tflite_file::parse(empty).value();
  CHECK(read_blocks<int4, 2>(none.tensor(0), none.tensor(1)).value().shape() == matrix_shape{0, 0});
}

TEST_CASE("weights without elements, of any extent") {
  const bytes content = layer_file().set("ws[0]", 0, 4).set("ws[1]", 0x7fffffff, 4).set("w.bytes", 0, 4).drop("w", 4).file();
  const tflite_file file = tflite_file::parse(content).value();
  CHECK(read_matrix<scheme<fp32, unscaled, per_tensor>>(file.tensor(1)).failure().code == file_error::scheme_mismatch);
  CHECK(read_matrix<per_row>(file.tensor(1)).value().shape() == matrix_shape{0, 0});
}

TEST_CASE("a narrow element takes files without its missing code") {
  using narrow = scheme<int8_narrow, symmetric, per_channel<0>>;
  CHECK(matrix_failure<narrow>(layer_file()) == "tflite: tensor \"w\": element 5 is -128, which the scheme leaves out");
  const bytes content = layer_file().set("w.bytes[5]", 129, 1).file();
  CHECK(read_matrix<narrow>(tflite_file::parse(content).value().tensor(1)).value().code_at(1, 2) == 129);
}

TEST_CASE("parameters and numbers that are not there") {
  const auto parameters = [](const tflite_tensor& t) { return read_parameters(t); };
  CHECK(failure_of(layer_file(), "w", parameters).code == file_error::scheme_mismatch);
  CHECK(failure_of(layer_file().set("xq.s[0]", 0, 4), "x", parameters).code == file_error::malformed);
  CHECK(failure_of(layer_file().set("xq.z[0]", 0x80000000, 8), "x", parameters).code == file_error::malformed);
  CHECK(failure_of(layer_file(), "w", parameters).text == "tflite: tensor \"w\": 2 scales, not 1");
  CHECK(failure_of(layer_file(), "b", parameters).text == "tflite: tensor \"b\": 0 scales, not 1");
  CHECK(failure_of(layer_file().set("xq.s[0]", 0, 4), "x", parameters).text == "tflite: tensor \"x\": scale 0 is 0");
  CHECK(failure_of(layer_file().set("xq.s[0]", 0x7fc00000, 4), "x", parameters).text == "tflite: tensor \"x\": scale 0 is nan");
  CHECK(failure_of(layer_file().set("xq.z[0]", 0x80000000, 8), "x", parameters).text ==
        "tflite: tensor \"x\": zero point 2147483648, outside of 32 bits");
  const auto numbers = [](const tflite_tensor& t) { return read_numbers<std::int64_t>(t); };
  CHECK(failure_of(layer_file(), "b", numbers).text == "tflite: tensor \"b\": its type is INT32, not INT64");
}

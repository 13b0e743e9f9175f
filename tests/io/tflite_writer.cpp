// SPDX-License-Identifier: MIT
// Halftone tests: what is written is read back, recorded files are written again, and what no file can say is refused.
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_writer.hpp>

#include <halftone/core/random.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

template <class Scheme>
quantized_matrix<Scheme> some_matrix(std::size_t rows, std::size_t cols) {
  constexpr unsigned bits = Scheme::element_type::bits;
  quantized_matrix<Scheme> q(matrix_shape{rows, cols});
  for (std::size_t i = 0; i < rows * cols; ++i) {
    write_code<bits>(q.row_codes(i / cols).data(), i % cols, static_cast<std::uint32_t>(random_bits(rows, i)) & (bits == 32 ? 0x3fffffffu : 0x3fffu & ((1u << (bits % 32)) - 1)));
  }
  if constexpr (Scheme::has_scale) {
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      q.scale_plane().set(g, 0.125f * static_cast<float>(g + 1));
    }
  }
  return q;
}

/// Writes one layer and reads it back.
template <class Scheme, class Bias>
void check(std::size_t rows, std::size_t cols, const tflite_activation& x, const std::vector<Bias>& bias, tflite::fused_activation fused) {
  CAPTURE(name_of(x.type));
  const auto q = some_matrix<Scheme>(rows, cols);
  tflite_writer writer("described");
  const tflite_activation y{x.type, {.scale = 2.0f}};
  const std::size_t in = writer.input("in", {3, cols}, x);
  const std::size_t out = writer.fully_connected("dense", in, q, std::span<const Bias>(bias), y, fused);
  writer.output(out);
  const bytes content = writer.bytes();
  CHECK(writer.bytes() == content);
  const tflite_file file = tflite_file::parse(content).value();
  CHECK(file.description() == "described");
  CHECK((file.inputs().size() == 1 && file.inputs()[0] == static_cast<int>(in) && file.outputs()[0] == static_cast<int>(out)));
  const std::size_t last = file.operator_count() - 1;
  CHECK(last == (std::is_same_v<typename Scheme::element_type, fp16> ? 1 : 0));
  const tflite_layer layer = file.fully_connected(last).value();
  CHECK((layer.input == in && layer.output == out && layer.fused == fused));
  const std::size_t constant = last == 1 ? static_cast<std::size_t>(file.operation(0).inputs[0]) : layer.weights;
  const tflite_tensor weights = file.tensor(constant);
  CHECK(weights.name == "dense/weights");
  CHECK((weights.bytes.data() - content.data()) % 16 == 0);
  const auto again = read_matrix<Scheme>(weights).value();
  CHECK(std::equal(q.codes().begin(), q.codes().end(), again.codes().begin(), again.codes().end()));
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    CHECK(again.scale_at(g) == q.scale_at(g));
  }
  REQUIRE(layer.bias.has_value() == !bias.empty());
  if (layer.bias) {
    CHECK(read_numbers<Bias>(file.tensor(*layer.bias)).value() == bias);
    if (!std::is_same_v<Bias, float>) {
      CHECK(file.tensor(*layer.bias).quantization.scale(0) == x.parameters.scale * 0.125f);
    }
  }
  const tflite_tensor input = file.tensor(in);
  CHECK((input.dims()[0] == 3 && input.dims()[1] == cols && file.tensor(out).dims()[1] == rows));
  if (x.type != tflite_type::FLOAT32) {
    CHECK(read_parameters(input).value() == x.parameters);
  }
}

}  // namespace

TEST_CASE("layers of every kind, there and back") {
  using enum tflite::fused_activation;
  const tflite_activation int8_input{tflite_type::INT8, {.scale = 0.5f, .zero_point = -3}};
  const tflite_activation int16_input{tflite_type::INT16, {.scale = 0.5f}};
  check<tflite::weights<int8>>(5, 7, int8_input, std::vector<std::int32_t>{1, -2, 3, 4, 1 << 30}, relu);
  check<tflite::weights<int8, per_tensor>>(5, 7, int8_input, std::vector<std::int32_t>{}, none);
  check<scheme<int8_narrow, symmetric, per_channel<0>>>(2, 7, int8_input, std::vector<std::int32_t>{}, none);
  check<tflite::weights<int4>>(5, 7, int8_input, std::vector<std::int32_t>(5, 7), relu6);
  check<tflite::weights<int2>>(3, 5, int8_input, std::vector<std::int32_t>{}, relu_n1_to_1);
  check<tflite::uint8_weights>(1, 1, {tflite_type::UINT8, {.scale = 1.0f, .zero_point = 255}}, std::vector<std::int32_t>{9}, none);
  check<tflite::weights<int8>>(2, 3, int16_input, std::vector<std::int64_t>{std::int64_t{1} << 40, -1}, none);
  check<tflite::weights<int4, per_tensor>>(2, 3, int16_input, std::vector<std::int32_t>{5, -1}, none);
  check<tflite::float16_weights>(4, 3, {tflite_type::FLOAT32}, std::vector<float>{0.5f, -1.0f, 1e30f, 0.0f}, relu);
  check<tflite::float32_weights>(4, 3, {tflite_type::FLOAT32}, std::vector<float>{}, none);
}

TEST_CASE("a model of several layers on the disk") {
  const temporary_folder folder;
  tflite_writer writer;
  const tflite_activation x{tflite_type::INT8, {.scale = 0.5f}};
  std::size_t last = writer.input("x", {1, 8}, x);
  for (const std::size_t rows : {6u, 4u, 2u}) {
    last = writer.fully_connected("layer " + std::to_string(rows), last, some_matrix<tflite::weights<int8>>(rows, rows + 2),
                                  std::span<const std::int32_t>(), x);
  }
  writer.output(last);
  CHECK(writer.write(folder / "m.tflite").value() == writer.bytes().size());
  CHECK(contents_of(folder / "m.tflite") == writer.bytes());
  CHECK(folder.size() == 1);
  CHECK(tflite_file::open(folder / "m.tflite").value().operator_count() == 3);
  CHECK(writer.write(folder / "none/m.tflite").failure().code == file_error::cannot_open);
}

TEST_CASE("a wrong call throws and changes nothing") {
  const tflite_activation x{tflite_type::INT8, {.scale = 0.5f}};
  const auto q = some_matrix<tflite::weights<int8>>(2, 3);
  tflite_writer writer;
  const std::size_t in = writer.input("x", {1, 3}, x);
  const std::size_t out = writer.fully_connected("y", in, q, std::span<const std::int32_t>(), x);
  const bytes before = writer.bytes();
  const auto refuses = [&](const auto& call, const char* words) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(words), halftone::error);
    CHECK(writer.bytes() == before);
  };
  using none = std::span<const std::int32_t>;
  refuses([&] { (void)writer.input("a", {1, 3}, {tflite_type::INT32, {.scale = 1.0f}}); }, "activations are INT8, UINT8, INT16 or FLOAT32, not INT32");
  for (const float wrong : {0.0f, -1.0f, std::numeric_limits<float>::infinity()}) {
    refuses([&] { (void)writer.input("a", {1, 3}, {tflite_type::INT8, {.scale = wrong}}); }, "a: scale ");
    refuses([&] { (void)writer.fully_connected("a", in, q, none(), {tflite_type::INT8, {.scale = wrong}}); }, "a: scale ");
  }
  refuses([&] { (void)writer.input("a", {1, 3}, {tflite_type::INT8, {.scale = 1.0f, .zero_point = 128}}); }, "zero point 128, outside -128..127");
  refuses([&] { (void)writer.input("a", {1, 3}, {tflite_type::UINT8, {.scale = 1.0f, .zero_point = -1}}); }, "zero point -1, outside 0..255");
  refuses([&] { (void)writer.input("a", {1, 3}, {tflite_type::INT16, {.scale = 1.0f, .zero_point = 1}}); }, "zero point 1, outside 0..0");
  refuses([&] { (void)writer.input("a", {0, 3}, x); }, "[0, 3] has an extent of 0");
  if constexpr (sizeof(std::size_t) == 8) {
    refuses([&] { (void)writer.input("a", {1, std::size_t{1} << 31}, x); }, "above 2^31 - 1");
  }
  refuses([&] { (void)writer.fully_connected("a", in, quantized_matrix<tflite::weights<int8>>(matrix_shape{0, 3}), none(), x); }, "[0, 3] has an extent of 0");
  refuses([&] { (void)writer.fully_connected("a", 9, q, none(), x); }, "tensor 9 is no tensor of activations");
  refuses([&] { (void)writer.fully_connected("a", in + 1, q, none(), x); }, "tensor 1 is no tensor of activations");
  refuses([&] { (void)writer.fully_connected("a", out, q, none(), x); }, "a: the input is [1, 2], the weights [2, 3]");
  refuses([&] { (void)writer.fully_connected("a", in, q, none(), {tflite_type::UINT8, {.scale = 1.0f}}); }, "the input is INT8, the output UINT8");
  refuses([&] { (void)writer.fully_connected("a", in, some_matrix<tflite::float32_weights>(2, 3), none(), x); }, "no kernel multiplies INT8 by FLOAT32");
  const std::vector<std::int64_t> wide(2);
  refuses([&] { (void)writer.fully_connected("a", in, q, std::span<const std::int64_t>(wide), x); }, "no kernel adds INT64 to INT8");
  const std::vector<std::int32_t> three(3);
  refuses([&] { (void)writer.fully_connected("a", in, q, none(three), x); }, "3 biases for 2 rows");
  auto wrong = q;
  wrong.scale_plane().set(1, -1.0f);
  refuses([&] { (void)writer.fully_connected("a", in, wrong, none(), x); }, "the weights of group 1 have scale -1");
  quantized_matrix<scheme<int8, asymmetric, per_channel<0>>> rows(matrix_shape{2, 3});
  rows.set_zero_point(1, 5);
  refuses([&] { (void)writer.fully_connected("a", in, rows, none(), x); }, "no kernel takes zero point 5");
  refuses([&] { writer.output(7); }, "tensor 7 is no tensor of activations");
  refuses([&] { writer.output(in + 1); }, "tensor 1 is no tensor of activations");
  CHECK_NOTHROW((void)writer.bytes(6));
  refuses([&] { (void)writer.bytes(5); }, "constants of 6 bytes, more than the 5 that a file holds");
}

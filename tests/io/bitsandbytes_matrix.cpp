// SPDX-License-Identifier: MIT
// Halftone tests: recorded layers of bitsandbytes read, made again and written; files that are wrong.
#include <halftone/io/bitsandbytes_matrix.hpp>

#include <halftone/element/minifloat.hpp>
#include <halftone/format/bitsandbytes/quantize.hpp>

#include "checkpoint_editor.hpp"

#include <algorithm>

using namespace halftone;
using namespace halftone_test;
using editor = checkpoint_editor;

namespace {

template <class Scheme>
void as_recorded(const std::string& name) {
  CAPTURE(name);
  const editor golden("bitsandbytes");
  const split_checkpoint split(golden);
  const checkpoint file = split.open();
  const auto q = bitsandbytes::read<Scheme>(file, name + ".weight").value();
  check_reals(q, golden.floats(name + ".real"));

  safetensors_writer writer;
  bitsandbytes::write(writer, name + ".weight", q);
  CHECK(editor(writer).tensors == golden.layer(name + "."));

  const std::vector<float> x = golden.floats(name + ".x");
  const auto again = bitsandbytes::quantize<Scheme>({x.data(), q.rows(), q.cols()},
                                                    bitsandbytes::read_state(file, name + ".weight").value().nested_offset);
  CHECK(std::ranges::equal(again.codes(), q.codes()));
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    CHECK(again.scale_at(g) == q.scale_at(g));
  }
}

template <class Scheme>
constexpr bool is_read = requires(const safetensors_file& file, const std::string& name) { bitsandbytes::read<Scheme>(file, name); };
template <class Scheme>
constexpr bool is_written = requires(safetensors_writer& writer, const std::string& name, const quantized_matrix<Scheme>& q) {
  bitsandbytes::write(writer, name, q);
};
template <class Scheme>
constexpr bool in_files = is_read<Scheme> && is_written<Scheme>;
template <class Scheme>
constexpr bool in_no_file = !is_read<Scheme> && !is_written<Scheme>;
template <class Element, class... Options>
using blocks_of = scheme<Element, symmetric, flat_blocks<32>, bitsandbytes::by_floored_reciprocal, Options...>;
static_assert(in_files<bitsandbytes::nf4_blocks<32>> && in_files<bitsandbytes::fp4_nested<4096>> && in_files<blocks_of<fp4_bnb>>);
static_assert(in_no_file<bitsandbytes::nf4_blocks<16>> && in_no_file<bitsandbytes::nf4_blocks<8192>> &&
              in_no_file<bitsandbytes::nf4_blocks<96>>);
static_assert(in_no_file<blocks_of<iq4_nl>> && in_no_file<blocks_of<fp4_e2m1>> && in_no_file<blocks_of<nf4, stored_as<bf16>>>);

using plain = bitsandbytes::nf4_blocks<32>;
using nested = bitsandbytes::nf4_nested<32>;
const std::string plain_name = "nf4_32_33.weight";
const std::string nested_name = "nf4_32_nested.weight";
const std::string state = ".quant_state.bitsandbytes__nf4";

template <class Scheme = plain>
file_failure refused(const editor& edited, const std::string& name = plain_name) {
  return edited.failure([&](const safetensors_file& file) { return bitsandbytes::read<Scheme>(file, name); });
}
file_failure int8_refused(const editor& edited) {
  return edited.failure([&](const safetensors_file& file) { return bitsandbytes::read_int8(file, "int8"); });
}

}  // namespace

TEST_CASE("recorded layers of 4 bits") {
  as_recorded<bitsandbytes::nf4_blocks<32>>("nf4_32_33");
  as_recorded<bitsandbytes::nf4_blocks<64>>("nf4_64_64");
  as_recorded<bitsandbytes::nf4_nested<32>>("nf4_32_nested");
  as_recorded<bitsandbytes::fp4_blocks<32>>("fp4_32_33");
  as_recorded<bitsandbytes::fp4_blocks<64>>("fp4_64_64");
  as_recorded<bitsandbytes::fp4_nested<32>>("fp4_32_nested");
}

TEST_CASE("a recorded layer of int8") {
  const editor golden("bitsandbytes");
  const std::vector<std::uint8_t> content = golden.bytes();
  const auto q = bitsandbytes::read_int8(safetensors_file::parse(content).value(), "int8").value();
  check_reals(q, golden.floats("int8.real"));
  safetensors_writer writer;
  bitsandbytes::write_int8(writer, "int8", q);
  CHECK(editor(writer).tensors == golden.layer("int8."));
  const std::vector<float> x = golden.floats("int8.x");
  const auto again = quantize<bitsandbytes::int8_rows>({x.data(), q.rows(), q.cols()});
  CHECK(std::ranges::equal(again.codes(), q.codes()));
}

TEST_CASE("codes may be stored as numbers of another type; what the weights were is written as it is said") {
  editor edited("bitsandbytes");
  auto& codes = edited.tensors.at("nf4_64_64.weight");
  codes.type = safetensors_type::BF16;
  codes.shape = {codes.bytes.size() / 2, 1};
  const std::vector<std::uint8_t> content = edited.bytes();
  const auto q = bitsandbytes::read<bitsandbytes::nf4_blocks<64>>(safetensors_file::parse(content).value(), "nf4_64_64.weight").value();
  check_reals(q, edited.floats("nf4_64_64.real"));
  safetensors_writer writer;
  bitsandbytes::write(writer, "w", q, safetensors_type::BF16);
  const std::vector<std::uint8_t> ours = writer.to_bytes();
  CHECK(bitsandbytes::read_state(safetensors_file::parse(ours).value(), "w").value().dtype == safetensors_type::BF16);
  CHECK_THROWS_WITH_AS(bitsandbytes::write(writer, "v", q, safetensors_type::F64), doctest::Contains("F64 is none of F32, F16, BF16"), error);
}

TEST_CASE("matrices without weights") {
  for (const bool is_nested : {false, true}) {
    safetensors_writer writer;
    if (is_nested) {
      bitsandbytes::write(writer, "w", quantized_matrix<nested>(matrix_shape{0, 0}));
    } else {
      bitsandbytes::write(writer, "w", quantized_matrix<plain>(matrix_shape{0, 0}));
    }
    const std::vector<std::uint8_t> content = writer.to_bytes();
    const safetensors_file file = safetensors_file::parse(content).value();
    CHECK((is_nested ? bitsandbytes::read<nested>(file, "w").has_value() : bitsandbytes::read<plain>(file, "w").has_value()));
  }
}

TEST_CASE("wrong files of 4 bits") {
  editor e("bitsandbytes");
  CHECK_REFUSED(refused<bitsandbytes::nf4_blocks<64>>(e), scheme_mismatch, "is nf4 in blocks of 32, not nested; the scheme is not");
  CHECK_REFUSED(refused<bitsandbytes::fp4_blocks<32>>(e), scheme_mismatch, "is nf4 in blocks of 32");
  CHECK_REFUSED(refused<nested>(e), scheme_mismatch, "not nested; the scheme is not");
  e.tensors.erase(plain_name);
  CHECK_REFUSED(refused(e), not_found, "there is no tensor \"nf4_32_33.weight\"");

  e = editor("bitsandbytes");
  auto& codes = e.tensors.at(plain_name);
  codes.bytes.pop_back();
  codes.shape = {codes.bytes.size(), 1};
  CHECK_REFUSED(refused(e), bad_extent, "82 bytes of codes for [5, 33], which take 83");

  e = editor("bitsandbytes");
  e.number(plain_name + ".quant_map", 3, 0.5f);
  CHECK_REFUSED(refused(e), scheme_mismatch, "entry 3 is 0.5, not -0.3949175 of codebook<nf4>");
  e.tensors.erase(plain_name + ".quant_map");
  CHECK_REFUSED(refused(e), not_found, "there is no tensor \"nf4_32_33.weight.quant_map\"");

  e = editor("bitsandbytes");
  e.number(plain_name + ".absmax", 2, std::numeric_limits<float>::infinity());
  CHECK_REFUSED(refused(e), malformed, "element 2 is NaN or infinite");
  auto& maxima = e.tensors.at(plain_name + ".absmax");
  maxima.shape = {1, maxima.shape[0]};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [1, 6], not [6]");
  maxima.type = safetensors_type::I32;
  CHECK_REFUSED(refused(e), scheme_mismatch, "its type is I32, not F32");
  e.tensors.erase(plain_name + ".absmax");
  CHECK_REFUSED(refused(e), not_found, "absmax");
}

TEST_CASE("wrong nested maxima") {
  editor e("bitsandbytes");
  e.tensors.erase(nested_name + ".absmax");
  CHECK_REFUSED(refused<nested>(e, nested_name), not_found, "weight.absmax");
  e = editor("bitsandbytes");
  e.number(nested_name + ".nested_quant_map", 9, 0.5f);
  CHECK_REFUSED(refused<nested>(e, nested_name), scheme_mismatch, "entry 9 is 0.5");
  e = editor("bitsandbytes");
  e.number(nested_name + ".nested_absmax", 0, std::numeric_limits<float>::quiet_NaN());
  CHECK_REFUSED(refused<nested>(e, nested_name), malformed, "element 0 is NaN or infinite");
}

TEST_CASE("wrong files of int8") {
  editor e("bitsandbytes");
  e.tensors.at("int8.weight_format").bytes[0] = 2;
  CHECK_REFUSED(int8_refused(e), scheme_mismatch, "format 2 of weights is not row by row");
  e.tensors.at("int8.weight_format").shape = {1};
  CHECK_REFUSED(int8_refused(e), scheme_mismatch, "its shape is [1], not []");
  e.tensors.erase("int8.weight_format");  // older files have none
  e.tensors.erase("int8.SCB");
  CHECK_REFUSED(int8_refused(e), not_found, "int8.SCB");
  e.tensors.at("int8.weight").shape = {27};
  CHECK_REFUSED(int8_refused(e), scheme_mismatch, "its shape is [27], not that of a matrix");
  e.tensors.at("int8.weight").type = safetensors_type::U8;
  CHECK_REFUSED(int8_refused(e), scheme_mismatch, "its type is U8, not I8");
}

// SPDX-License-Identifier: MIT
// Halftone tests: recorded layers of autoawq read, made again and written; files that are wrong.
#include <halftone/io/awq_matrix.hpp>

#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/gptq/quantize.hpp>

#include "checkpoint_editor.hpp"

#include <algorithm>

using namespace halftone;
using namespace halftone_test;
using groups = awq::layer<per_group<32>>;

namespace {
template <class Scheme>
void as_recorded(const std::string& name) {
  const checkpoint_editor golden("awq");
  const split_checkpoint split(golden);
  const auto q = awq::read<Scheme>(split.open(), name).value();
  const std::vector<float> reals = golden.floats(name + ".real");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < reals.size(); ++i) {
    wrong += fp16::decode(fp16::encode(q.value_at(i / q.cols(), i % q.cols()))) != reals[i];  // the package multiplies in fp16
  }
  CHECK(wrong == 0);
  safetensors_writer writer;
  awq::write(writer, name, q);
  CHECK(checkpoint_editor(writer).tensors == golden.layer(name + "."));
  const std::vector<float> x = golden.floats(name + ".x");
  const auto again = gptq::quantize<Scheme>({x.data(), q.rows(), q.cols()});
  CHECK(std::ranges::equal(again.codes(), q.codes()));
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    CHECK((again.scale_at(g) == q.scale_at(g) && again.zero_point_at(g) == q.zero_point_at(g)));
  }
}
file_failure refused(const checkpoint_editor& edited) {
  return edited.failure([&](const safetensors_file& file) { return awq::read<groups>(file, "groups"); });
}
}  // namespace

TEST_CASE("recorded layers") {
  as_recorded<groups>("groups");
  as_recorded<awq::layer<per_channel<0>>>("rows");
}

TEST_CASE("wrong files") {
  for (const std::string name : {"qweight", "qzeros", "scales"}) {
    checkpoint_editor e("awq");
    e.tensors.erase("groups." + name);
    CHECK_REFUSED(refused(e), not_found, "awq: there is no tensor \"groups." + name + "\"");
  }
  checkpoint_editor e("awq");
  e.tensors.at("groups.qweight").shape = {256};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [256], not that of a matrix with weights");
  e.tensors.at("groups.qweight") = {safetensors_type::I32, {64, 0}, {}};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [64, 0], not that of a matrix with weights");
  e.tensors.at("groups.qweight") = {safetensors_type::I64, {64, 0}, {}};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its type is I64, not I32");
  e = checkpoint_editor("awq");
  e.tensors.at("groups.scales").shape = {1, 64};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [1, 64], not [2, 32]");
  e = checkpoint_editor("awq");
  e.tensors.at("groups.qzeros").shape = {4, 2};
  CHECK_REFUSED(refused(e), scheme_mismatch, "its shape is [4, 2], not [2, 4]");
  e = checkpoint_editor("awq");
  e.tensors.at("groups.scales").bytes[1] = 0x7e;
  CHECK_REFUSED(refused(e), malformed, "element 0 is NaN or infinite");
}

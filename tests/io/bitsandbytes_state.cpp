// SPDX-License-Identifier: MIT
// Halftone tests: bitsandbytes' JSON, read, written as Python writes it, and wrong.
#include <halftone/io/bitsandbytes_state.hpp>

#include "checkpoint_editor.hpp"

#include <limits>

using namespace halftone;
using namespace halftone_test;
using bitsandbytes::state_detail::python_text;

namespace {
const std::string tensor = "w.quant_state.bitsandbytes__nf4";

file_failure refused(const std::string& json) {
  checkpoint_editor e;
  e.text(tensor, json);
  return e.failure([](const safetensors_file& file) { return bitsandbytes::read_state(file, "w"); });
}
}  // namespace

TEST_CASE("floats as Python writes them") {
  CHECK(python_text(0.5f) == "0.5");
  CHECK(python_text(0.12175102531909943f) == "0.12175102531909943");
  CHECK(python_text(-3.0f) == "-3.0");
  CHECK(python_text(0.0f) == "0.0");
  CHECK(python_text(-0.0f) == "-0.0");
  CHECK(python_text(120.0f) == "120.0");
  CHECK(python_text(1e15f) == "999999986991104.0");
  CHECK(python_text(1e16f) == "1.0000000272564224e+16");
  CHECK(python_text(0.0001f) == "9.999999747378752e-05");
  CHECK(python_text(0.000125f) == "0.0001250000059371814");
  CHECK(python_text(std::numeric_limits<float>::max()) == "3.4028234663852886e+38");
  CHECK(python_text(0x1p-149f) == "1.401298464324817e-45");
}

TEST_CASE("a state comes back") {
  for (const bool is_nested : {false, true}) {
    const bitsandbytes::quant_state state{"nf4", 64, safetensors_type::BF16, {8, 64}, is_nested, is_nested ? 0.25f : 0.0f};
    checkpoint_editor e;
    e.text(tensor, bitsandbytes::to_json(state));
    const std::vector<std::uint8_t> content = e.bytes();
    CHECK(bitsandbytes::read_state(safetensors_file::parse(content).value(), "w").value() == state);
  }
}

TEST_CASE("wrong states") {
  const auto with = [](const std::string& type, const std::string& size, const std::string& dtype, const std::string& shape,
                       const std::string& more = "") {
    return R"({"quant_type":)" + type + R"(,"blocksize":)" + size + R"(,"dtype":)" + dtype + R"(,"shape":)" + shape + more + "}";
  };
  const std::string nf4 = "\"nf4\"", f32 = "\"float32\"";
  CHECK_REFUSED(refused("{"), malformed, "the state: not JSON");
  CHECK_REFUSED(refused(with("\"fp4\"", "64", f32, "[2,2]")), malformed, "its quant_type is missing or of another kind");
  CHECK_REFUSED(refused(with("4", "64", f32, "[2,2]")), malformed, "its quant_type");
  for (const char* size : {"0", "-64", "1.5", "\"64\"", "1e300", "9007199254740992"}) {
    CHECK_REFUSED(refused(with(nf4, size, f32, "[2,2]")), malformed, "its blocksize");
  }
  CHECK_REFUSED(refused(with(nf4, "64", "\"float64\"", "[2,2]")), malformed, "its dtype");
  CHECK_REFUSED(refused(with(nf4, "64", "null", "[2,2]")), malformed, "its dtype");
  for (const char* shape : {"[2]", "[2,2,2]", "null", "[2,-2]", "[true,2]", "{\"0\":2}"}) {
    CHECK_REFUSED(refused(with(nf4, "64", f32, shape)), malformed, "its shape of two numbers");
  }
  CHECK_REFUSED(refused(with(nf4, "64", f32, "[2,2]", R"(,"nested_blocksize":64,"nested_offset":1)")), malformed, "nested_blocksize of 256");
  CHECK_REFUSED(refused(with(nf4, "64", f32, "[2,2]", R"(,"nested_blocksize":256)")), malformed, "its nested_offset");
  CHECK_REFUSED(refused(with(nf4, "64", f32, "[2,2]", R"(,"nested_blocksize":256,"nested_offset":1e39)")), malformed, "its nested_offset");
}

TEST_CASE("one state there must be") {
  checkpoint_editor e;
  const auto read = [](const safetensors_file& file) { return bitsandbytes::read_state(file, "w"); };
  CHECK_REFUSED(e.failure(read), not_found, "there is no tensor \"w.quant_state.bitsandbytes__fp4\"");
  e.text(tensor, "{}");
  e.text("w.quant_state.bitsandbytes__fp4", "{}");
  CHECK_REFUSED(e.failure(read), malformed, "tensor \"w\" has two states");
}

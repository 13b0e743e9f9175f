// SPDX-License-Identifier: MIT
// Halftone tests: IQ4_NL and IQ4_XS against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/table_formats.hpp>

using namespace ggml_test;

TEST_CASE("IQ4_NL and IQ4_XS have the bytes of ggml_quantize_chunk and decode to ggml's floats") {
  check_encoder<ggml::iq4_nl>("iq4_nl");
  check_encoder<ggml::iq4_xs>("iq4_xs");
}

TEST_CASE("with one candidate IQ4_NL has the bytes of quantize_row_iq4_nl_ref") {
  std::size_t compared = 0;
  for (std::size_t which = 0; which < cases.size(); ++which) {
    const std::string at = "encode iq4_nl " + std::string(cases[which]) + " reference";
    if (golden_lines().contains(at)) {
      CAPTURE(at);
      const std::vector<float> w = values(which);
      std::vector<std::uint8_t> bytes(rows * ggml::row_bytes<ggml::iq4_nl>(cols));
      for (std::size_t row = 0; row < rows; ++row) {
        ggml::block_format<ggml::iq4_nl>::encode_row(w.data() + row * cols, nullptr, cols,
                                                     bytes.data() + row * bytes.size() / rows, -1);
      }
      CHECK(digest(std::span<const std::uint8_t>(bytes)) == golden_line(at));
      ++compared;
    }
  }
  CHECK(compared >= 8);
}

TEST_CASE("any block with a finite scale is read and written unchanged") {
  check_bytes<ggml::iq4_nl>("iq4_nl", random_blocks(20, 18, rows * cols / 32, {0}), true);
  check_bytes<ggml::iq4_xs>("iq4_xs", random_blocks(23, 136, rows * cols / 256, {0}), true);
}

TEST_CASE("what is no matrix of blocks is refused") {
  check_refusals<ggml::iq4_nl>();
  check_refusals<ggml::iq4_xs>();
}

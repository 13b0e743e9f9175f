// SPDX-License-Identifier: MIT
// Transcoding from other groups and elements into every scheme of the list.
#include "transcode_pairs.hpp"

using namespace transcode_pairs;

TEST_CASE_TEMPLATE("transcode: from other groups and elements", From, by_columns, in_blocks, mxfp4, nvfp4, nf4_g64_double, ternary_base3_g256,
                   ggml::q4_k, float32) {
  check_all<From>();
}

// SPDX-License-Identifier: MIT
// Transcoding from integers along k into every scheme of the list.
#include "transcode_pairs.hpp"

using namespace transcode_pairs;

TEST_CASE_TEMPLATE("transcode: from integers along k", From, int8_per_tensor, int8_g32, uint8_per_channel, int4_g32, uint4_g32,
                   offset4_g32, fp32_g64) {
  check_all<From>();
}

// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a calibration cache; whatever it accepts is written and read again.
#include <halftone/io/calibration_cache.hpp>

#include <cstdlib>

using namespace halftone;

namespace {
void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto cache = read_calibration_cache({data, size});
  if (!cache) {
    require(cache.failure().text.starts_with("calibration cache: ") && cache.failure().offset <= size);
    return 0;
  }
  const std::string text = calibration_text(cache.value());
  const auto again = read_calibration_cache({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  require(again && again.value() == cache.value());
  for (const calibration_scale& s : cache.value().scales) {
    require(cache.value().find(s.name) == &s.scale);
  }
  return 0;
}

// SPDX-License-Identifier: MIT
#include <conformance/driver.hpp>

#include <cstdio>
#include <exception>

/// Runs an operation. Returns 0, or 1 with a sentence in `message`.
extern "C" int conformance_run(const char* name, const conformance::array* arrays, std::int64_t array_count,
                               const double* numbers, std::int64_t number_count, char* message,
                               std::int64_t message_size) noexcept {
  const auto fail = [&](const char* text) {
    std::snprintf(message, static_cast<std::size_t>(message_size), "%s: %s", name, text);
    return 1;
  };
  try {
    const auto found = conformance::operations().find(name);
    if (found == conformance::operations().end()) {
      return fail("there is no such operation");
    }
    conformance::arguments arguments({arrays, static_cast<std::size_t>(array_count)},
                                     {numbers, static_cast<std::size_t>(number_count)});
    found->second(arguments);
    return 0;
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

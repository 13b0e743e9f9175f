// SPDX-License-Identifier: MIT
// Every row exactly once, in as many tasks as the executor runs at a time.
#include <halftone/core/for_each_row.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("every row is worked on once, whatever the number of tasks") {
  for (const std::size_t concurrency : {1u, 2u, 3u, 7u, 64u}) {
    std::size_t tasks = 0;
    const auto execute = [&](std::size_t count, halftone::task_ref task) {
      tasks += count;
      for (std::size_t i = count; i-- > 0;) {
        task(i);
      }
    };
    const halftone::context use{.execute = halftone::executor_ref(execute, concurrency)};
    for (std::size_t rows = 0; rows <= 20; ++rows) {
      std::vector<int> seen(rows, 0);
      tasks = 0;
      halftone::for_each_row(rows, use, [&](std::size_t row) { ++seen.at(row); });
      CHECK(seen == std::vector<int>(rows, 1));
      CHECK(tasks == std::max<std::size_t>(std::min(rows, concurrency), 1));
    }
  }
}

TEST_CASE("rows together: parts that follow each other and hold a row at least") {
  const auto execute = [&](std::size_t count, halftone::task_ref task) {
    for (std::size_t i = 0; i < count; ++i) {
      task(i);
    }
  };
  for (const std::size_t concurrency : {0u, 1u, 3u, 8u}) {
    for (std::size_t rows = 0; rows <= 10; ++rows) {
      std::size_t next = 0;
      halftone::for_rows_together(rows, {.execute = halftone::executor_ref(execute, concurrency)},
                                  [&](std::size_t first, std::size_t count) {
                                    CHECK(first == next);
                                    CHECK(count >= 1);
                                    next += count;
                                  });
      CHECK(next == rows);
    }
  }
}

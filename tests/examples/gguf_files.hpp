// SPDX-License-Identifier: MIT
// Halftone tests: GGUF files that go when the test does.
#pragma once

#include <halftone/io/gguf_writer.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace gguf_test {

/// A file that goes when this does.
class temporary_file {
 public:
  explicit temporary_file(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / (std::to_string(getpid()) + "_" + name)) {}
  ~temporary_file() { std::remove(path_.string().c_str()); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline halftone::gguf_file written(const halftone::gguf_writer& writer, const temporary_file& file) {
  REQUIRE(writer.write(file.path()).has_value());
  auto opened = halftone::gguf_file::open(file.path());
  REQUIRE(opened.has_value());
  return std::move(opened).value();
}

template <class Work>
std::string message_of(Work&& work) {
  try {
    work();
  } catch (const halftone::error& wrong) {
    return wrong.what();
  }
  return "";
}

}  // namespace gguf_test

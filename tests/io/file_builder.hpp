// SPDX-License-Identifier: MIT
// Halftone tests: files made byte by byte, and a folder that vanishes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace halftone_test {

using bytes = std::vector<std::uint8_t>;

inline bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Eight bytes of length, the header, `data_bytes` bytes 1, 2, 3, ...
inline bytes file_of(std::string_view header, std::size_t data_bytes, std::uint64_t length) {
  bytes file;
  for (unsigned i = 0; i < 8; ++i) {
    file.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  file.insert(file.end(), header.begin(), header.end());
  for (std::size_t i = 0; i < data_bytes; ++i) {
    file.push_back(static_cast<std::uint8_t>(i + 1));
  }
  return file;
}
inline bytes file_of(std::string_view header, std::size_t data_bytes) {
  return file_of(header, data_bytes, header.size());
}

inline bytes contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline void write_file(const std::string& path, const bytes& content) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

/// A new folder, removed with all it holds.
class temporary_folder {
 public:
  temporary_folder() {
    const std::filesystem::path base = std::filesystem::temp_directory_path();
    for (unsigned i = 0; path_.empty(); ++i) {
      const std::filesystem::path candidate = base / ("halftone-test-" + std::to_string(i));
      std::error_code ignored;
      if (std::filesystem::create_directory(candidate, ignored)) {
        path_ = candidate;
      }
    }
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }
  /// How many entries it holds.
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace halftone_test

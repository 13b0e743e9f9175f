// SPDX-License-Identifier: MIT
// Halftone: a whole file as read-only memory.
#pragma once

#include <halftone/core/result.hpp>

#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#if __has_include(<sys/mman.h>)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace halftone::inline v0_1 {

/// The bytes of a file, for as long as this object lives. Moving it does not move the bytes.
///
/// Mapped where the system can, so that a model costs no memory of its own and pages are read when touched. Who
/// shortens a mapped file while it is in use makes the system end the program (SIGBUS): replace files by renaming.
class file_mapping {
 public:
  file_mapping() = default;
  file_mapping(file_mapping&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})), copy_(std::move(other.copy_)) {}
  file_mapping& operator=(file_mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(copy_, other.copy_);
    return *this;
  }
  file_mapping(const file_mapping&) = delete;
  file_mapping& operator=(const file_mapping&) = delete;
  ~file_mapping() { release(); }

  /// Maps a regular file; reads it where there is no mapping of files.
  static result<file_mapping> open(const std::string& path);

  /// Reads a file into memory: for file systems that cannot map, or files that others may shorten.
  static result<file_mapping> read(const std::string& path);

  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

 private:
  static file_failure failure_of(const std::string& path, const char* what, int number) {
    return {file_error::cannot_open, 0,
            detail::message("cannot ", what, " \"", path, "\": ", std::generic_category().message(number))};
  }
  void release() noexcept {
#if __has_include(<sys/mman.h>)
    if (copy_ == nullptr && !bytes_.empty()) {
      ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
    }
#endif
    bytes_ = {};
  }

  std::span<const std::uint8_t> bytes_{};
  std::unique_ptr<std::vector<std::uint8_t>> copy_{};  // null if mapped
};

inline result<file_mapping> file_mapping::read(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) {
    return failure_of(path, "open", errno);
  }
  file_mapping whole;
  whole.copy_ = std::make_unique<std::vector<std::uint8_t>>();
  std::vector<std::uint8_t>& copy = *whole.copy_;
  std::vector<std::uint8_t> block(std::size_t{1} << 16);
  for (std::size_t count = block.size(); count == block.size();) {
    count = std::fread(block.data(), 1, block.size(), file.get());
    copy.insert(copy.end(), block.data(), block.data() + count);
  }
  if (std::ferror(file.get()) != 0) {
    return failure_of(path, "read", errno);
  }
  whole.bytes_ = copy;
  return whole;
}

inline result<file_mapping> file_mapping::open(const std::string& path) {
#if __has_include(<sys/mman.h>)
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // never waits for a pipe's other end
  if (file < 0) {
    return failure_of(path, "open", errno);
  }
  struct ::stat status{};
  if (::fstat(file, &status) != 0) {
    const int number = errno;
    ::close(file);
    return failure_of(path, "inspect", number);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(file);
    return file_failure{file_error::cannot_open, 0, detail::message("cannot open \"", path, "\": not a regular file")};
  }
  file_mapping mapping;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > std::numeric_limits<std::size_t>::max()) {
    ::close(file);
    return file_failure{file_error::too_large, 0,
                        detail::message("cannot map \"", path, "\": ", size, " bytes exceed the address space")};
  }
  if (size != 0) {
    void* const data = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) {
      const int number = errno;
      ::close(file);
      return failure_of(path, "map", number);
    }
    mapping.bytes_ = {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
  }
  ::close(file);
  return mapping;
#else
  return read(path);
#endif
}

}  // namespace halftone::inline v0_1

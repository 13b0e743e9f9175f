// SPDX-License-Identifier: MIT
// Halftone: a file that appears whole or not at all.
#pragma once

#include <halftone/core/result.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#else
#include <filesystem>
#endif

namespace halftone::inline v0_1::detail {

/// Writes a temporary file beside its target and renames it at the end, so that a reader sees the old bytes or the new
/// ones, and a failure on the way (a full disk, say) leaves the old file as it was and no temporary behind.
///
/// A target that is a symbolic link is itself replaced. Where POSIX is, data and folder are synchronized to the disk.
class file_replacement {
 public:
  explicit file_replacement(const std::string& target) : target_(target) {
    constexpr int most_attempts = 1000;  // each name that exists belongs to another writer
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      temporary_ = message(target, ".partial-", process(), "-", attempt);
      if (create()) {
        return;
      }
      if (errno != EEXIST) {
        break;
      }
    }
    failed("create", temporary_);
    temporary_.clear();
  }
  file_replacement(const file_replacement&) = delete;
  file_replacement& operator=(const file_replacement&) = delete;
  ~file_replacement() { discard(); }

  /// Appends bytes. Does nothing after a failure.
  void write(std::span<const std::uint8_t> bytes);

  /// Ends the writing: the temporary is whole on the disk and closed, so that only its name is left to change. `commit` does it
  /// where nobody did. @return  the first failure, if there was one
  [[nodiscard]] const std::optional<file_failure>& seal();

  /// Makes the temporary the target. Call once, at the end.
  /// @return  bytes written, or the first failure
  result<std::uint64_t> commit();

 private:
  void failed(const char* what, const std::string& path) {
    if (!failure_) {
      failure_ = file_failure{file_error::cannot_open, written_,
                              message("cannot ", what, " \"", path, "\": ", std::generic_category().message(errno))};
    }
  }
  static long process();
  [[nodiscard]] bool is_open() const noexcept;
  bool create();
  bool close_synchronized();
  void discard();

  std::string target_;
  std::string temporary_;
  std::uint64_t written_ = 0;
  std::optional<file_failure> failure_;
#if __has_include(<unistd.h>)
  int file_ = -1;
#else
  std::FILE* file_ = nullptr;
#endif
};

inline const std::optional<file_failure>& file_replacement::seal() {
  if (!failure_ && is_open() && !close_synchronized()) {
    failed("write", temporary_);
  }
  return failure_;
}

#if __has_include(<unistd.h>)

inline long file_replacement::process() { return static_cast<long>(::getpid()); }
inline bool file_replacement::is_open() const noexcept { return file_ >= 0; }

inline bool file_replacement::create() {
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  return file_ >= 0;
}

inline void file_replacement::write(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t largest_write = std::size_t{1} << 30;  // some systems take less than 2 GiB at once
  while (!failure_ && !bytes.empty()) {
    const ::ssize_t count = ::write(file_, bytes.data(), std::min(bytes.size(), largest_write));
    if (count < 0 && errno != EINTR) {
      failed("write", temporary_);
    } else if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      written_ += static_cast<std::uint64_t>(count);
    }
  }
}

inline bool file_replacement::close_synchronized() {
  const bool synchronized = ::fsync(file_) == 0 || errno == EINVAL;  // EINVAL: the file system cannot
  const int number = errno;
  const bool closed = ::close(std::exchange(file_, -1)) == 0;
  if (!synchronized) {
    errno = number;
  }
  return synchronized && closed;
}

inline result<std::uint64_t> file_replacement::commit() {
  static_cast<void>(seal());
  if (!failure_ && std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    failed("replace", target_);
  }
  if (failure_) {
    discard();
    return *failure_;
  }
  temporary_.clear();
  const std::size_t slash = target_.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : target_.substr(0, slash + 1);
  if (const int entry = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC); entry >= 0) {
    static_cast<void>(::fsync(entry));  // the new file is whole either way
    ::close(entry);
  }
  return written_;
}

inline void file_replacement::discard() {
  if (file_ >= 0) {
    ::close(std::exchange(file_, -1));
  }
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
    temporary_.clear();
  }
}

#else

inline long file_replacement::process() { return 0; }
inline bool file_replacement::is_open() const noexcept { return file_ != nullptr; }

inline bool file_replacement::create() {
  file_ = std::fopen(temporary_.c_str(), "wbx");
  return file_ != nullptr;
}

inline void file_replacement::write(std::span<const std::uint8_t> bytes) {
  if (!failure_ && !bytes.empty()) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
      failed("write", temporary_);
    } else {
      written_ += bytes.size();
    }
  }
}

inline bool file_replacement::close_synchronized() { return std::fclose(std::exchange(file_, nullptr)) == 0; }

inline result<std::uint64_t> file_replacement::commit() {
  static_cast<void>(seal());
  if (!failure_) {
    std::error_code code;
    std::filesystem::rename(temporary_, target_, code);
    if (code) {
      errno = code.value();
      failed("replace", target_);
    }
  }
  if (failure_) {
    discard();
    return *failure_;
  }
  temporary_.clear();
  return written_;
}

inline void file_replacement::discard() {
  if (file_ != nullptr) {
    std::fclose(std::exchange(file_, nullptr));
  }
  if (!temporary_.empty()) {
    std::remove(temporary_.c_str());
    temporary_.clear();
  }
}

#endif

}  // namespace halftone::inline v0_1::detail

// SPDX-License-Identifier: MIT
// Halftone: TensorRT's calibration caches: the scales of a model's int8 tensors, as text.
//
//   TRT-8601-EntropyCalibration2          TensorRT's version and the calibrator
//   input: 3c010a14                       a tensor's name, and its scale's bits in hexadecimal, without leading zeros
//   (Unnamed Layer* 64) [Shuffle]_output: 0
//
// A tensor's real number is scale * code; the largest magnitude that calibration found is 127 * scale. TensorRT ignores a cache of
// another version. Names may have spaces and colons: the last ": " of a line ends its name.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/io/file_mapping.hpp>
#include <halftone/io/file_replacement.hpp>
#include <halftone/io/json_text.hpp>

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>

namespace halftone::inline v0_1 {

/// The scale of a tensor, not negative; 0 where calibration saw zeros alone.
struct calibration_scale {
  std::string name;
  float scale = 0.0f;
  friend bool operator==(const calibration_scale&, const calibration_scale&) = default;
};

/// A cache, in the order of its file.
struct calibration_cache {
  std::string version;                             ///< digits, "8601"
  std::string calibrator = "EntropyCalibration2";  ///< or EntropyCalibration, MinMaxCalibration, LegacyCalibration
  std::vector<calibration_scale> scales;

  /// The scale of a tensor, or null. Cost: one comparison a tensor.
  [[nodiscard]] const float* find(std::string_view name) const noexcept {
    const auto at = std::find_if(scales.begin(), scales.end(), [&](const calibration_scale& s) { return s.name == name; });
    return at == scales.end() ? nullptr : &at->scale;
  }
  friend bool operator==(const calibration_cache&, const calibration_cache&) = default;
};

namespace detail {
/// What is wrong with a line's text; null if nothing is. Lines end at a newline alone, so nothing else may look like one.
[[nodiscard]] inline const char* calibration_text_problem(std::string_view text) noexcept {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20u || c == 0x7f; });
  return text.empty() ? "is empty" : control ? "holds a control character" : first_invalid_utf8(text) != text.size() ? "is not UTF-8" : nullptr;
}
[[nodiscard]] inline bool is_calibration_version(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
[[nodiscard]] inline bool is_calibration_scale(float scale) noexcept { return scale >= 0.0f && is_finite(scale); }

/// The first name that occurs twice, as the index of its second place. Cost: a sort.
[[nodiscard]] inline std::optional<std::size_t> repeated_calibration_name(const std::vector<calibration_scale>& scales) {
  std::vector<std::size_t> order(scales.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scales[a].name < scales[b].name; });
  std::optional<std::size_t> first;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (scales[order[i]].name == scales[order[i - 1]].name && (!first || order[i] < *first)) {
      first = order[i];
    }
  }
  return first;
}

template <class... Parts>
[[nodiscard]] file_failure bad_calibration(file_error code, std::size_t offset, const Parts&... parts) {
  return {code, offset, message("calibration cache: ", parts...)};
}
}  // namespace detail

/// Reads the text of a cache. A line may end in CR LF; the last one may lack its end if its scale has all eight digits.
/// Memory: a name and two numbers a line, about ten times the text where lines are short. @return a failure with the offset of what is wrong
[[nodiscard]] inline result<calibration_cache> read_calibration_cache(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  calibration_cache cache;
  std::vector<std::size_t> offsets;
  const auto refuse = []<class... Parts>(file_error code, std::size_t offset, const Parts&... parts) {
    return detail::bad_calibration(code, offset, parts...);
  };
  for (std::size_t begin = 0; begin == 0 || begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, newline - begin);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (begin == 0) {
      const std::size_t dash = std::min(line.find('-', 4), line.size());
      if (!line.starts_with("TRT-") || !detail::is_calibration_version(line.substr(4, dash - 4))) {
        return refuse(file_error::malformed, 0, "the first line is ", detail::in_quotes(line), ", not TRT-version-calibrator");
      }
      cache.version = line.substr(4, dash - 4);
      cache.calibrator = line.substr(std::min(dash + 1, line.size()));
      if (const char* problem = detail::calibration_text_problem(cache.calibrator); problem != nullptr) {
        return refuse(file_error::malformed, dash, "the calibrator ", problem);
      }
      if (newline == text.size()) {
        return refuse(file_error::truncated, newline, "the file ends within its first line");
      }
      begin = newline + 1;
      continue;
    }
    const std::size_t colon = line.rfind(": ");
    if (colon == std::string_view::npos) {
      return refuse(file_error::malformed, begin, detail::in_quotes(line), " is not a name, a colon, a space and a scale");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view digits = line.substr(colon + 2);
    if (const char* problem = detail::calibration_text_problem(name); problem != nullptr) {
      return refuse(file_error::malformed, begin, "the name ", detail::in_quotes(name), " ", problem);
    }
    std::uint32_t bits = 0;
    bool hexadecimal = !digits.empty() && digits.size() <= 8;
    for (const char c : digits.substr(0, 8)) {
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      hexadecimal = hexadecimal && digit >= 0;
      bits = bits << 4 | (static_cast<std::uint32_t>(digit) & 15u);
    }
    const std::size_t digits_at = begin + colon + 2;
    if (!hexadecimal) {
      return refuse(file_error::malformed, digits_at, "the scale of ", detail::in_quotes(name), " is ", detail::in_quotes(digits),
                    ", not one to eight hexadecimal digits");
    }
    if (newline == text.size() && digits.size() < 8) {
      return refuse(file_error::truncated, text.size(), "the file ends within the scale of ", detail::in_quotes(name));
    }
    const auto scale = std::bit_cast<float>(bits);
    if (!detail::is_calibration_scale(scale)) {
      return refuse(file_error::malformed, digits_at, "the scale of ", detail::in_quotes(name), " is ", scale);
    }
    cache.scales.push_back({std::string(name), scale});
    offsets.push_back(begin);
    begin = newline + 1;
  }
  if (const auto again = detail::repeated_calibration_name(cache.scales); again) {
    return refuse(file_error::duplicate_name, offsets[*again], detail::in_quotes(cache.scales[*again].name), " occurs twice");
  }
  return cache;
}

/// The same from a file.
[[nodiscard]] inline result<calibration_cache> open_calibration_cache(const std::string& path) {
  const result<file_mapping> file = file_mapping::open(path);
  return file ? read_calibration_cache(file.value().bytes()) : result<calibration_cache>(file.failure());
}

/// The text of a cache, as TensorRT writes it: what `read_calibration_cache` reads again.
/// @throws halftone::error if the version is not digits, a name or the calibrator is empty, not UTF-8 or has control characters, a name
///         occurs twice, or a scale is negative, NaN or infinite
[[nodiscard]] inline std::string calibration_text(const calibration_cache& cache) {
  expects(detail::is_calibration_version(cache.version), "calibration cache: the version \"", cache.version, "\" is not digits");
  const char* problem = detail::calibration_text_problem(cache.calibrator);
  expects(problem == nullptr, "calibration cache: the calibrator ", problem == nullptr ? "" : problem);
  const auto again = detail::repeated_calibration_name(cache.scales);
  expects(!again, "calibration cache: ", again ? detail::in_quotes(cache.scales[*again].name) : "", " occurs twice");
  std::string text = detail::message("TRT-", cache.version, "-", cache.calibrator, "\n");
  for (const calibration_scale& s : cache.scales) {
    problem = detail::calibration_text_problem(s.name);
    expects(problem == nullptr, "calibration cache: the name ", detail::in_quotes(s.name), " ", problem == nullptr ? "" : problem);
    expects(detail::is_calibration_scale(s.scale), "calibration cache: the scale of ", detail::in_quotes(s.name), " is ", s.scale);
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(s.scale) & 0x7fffffffu;  // minus zero is zero
    text += s.name;
    text += ": ";
    for (int shift = (31 - std::countl_zero(bits | 1u)) / 4 * 4; shift >= 0; shift -= 4) {
      text += "0123456789abcdef"[bits >> shift & 15u];
    }
    text += '\n';
  }
  return text;
}

/// Writes a cache, which appears whole or not at all.
/// @return the bytes written, or why not
/// @throws halftone::error as `calibration_text` does
inline result<std::uint64_t> write_calibration_cache(const std::string& path, const calibration_cache& cache) {
  const std::string text = calibration_text(cache);
  detail::file_replacement file(path);
  file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return file.commit();
}

}  // namespace halftone::inline v0_1

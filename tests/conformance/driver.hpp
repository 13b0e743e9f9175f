// SPDX-License-Identifier: MIT
// What Python calls: operations of the library by name, over arrays of NumPy. A system's file registers its operations:
//
//   const operation quantize{"quantize int8", [](arguments& a) {
//     const std::span<const float> x = a.in<float>(0);
//     const std::span<std::int8_t> codes = a.out<std::int8_t>(1);
//     ... a.number(0) ...
//   }};
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>

namespace conformance {

/// An array of NumPy, contiguous. Python writes the same structure.
struct array {
  void* data;
  std::int64_t count;      ///< elements
  std::int64_t item_size;  ///< bytes of one
};

/// What an operation is called with: arrays, inputs and outputs in one list, and numbers.
class arguments {
 public:
  arguments(std::span<const array> arrays, std::span<const double> numbers) : arrays_(arrays), numbers_(numbers) {}

  [[nodiscard]] std::size_t array_count() const { return arrays_.size(); }
  template <class T>
  [[nodiscard]] std::span<const T> in(std::size_t i) const {
    return out<T>(i);
  }
  template <class T>
  [[nodiscard]] std::span<T> out(std::size_t i) const {
    if (i >= arrays_.size() || arrays_[i].item_size != static_cast<std::int64_t>(sizeof(T))) {
      throw std::invalid_argument("array " + std::to_string(i) + " is missing or has items of another size than " +
                                  std::to_string(sizeof(T)));
    }
    return {static_cast<T*>(arrays_[i].data), static_cast<std::size_t>(arrays_[i].count)};
  }
  [[nodiscard]] double number(std::size_t i) const {
    return i < numbers_.size() ? numbers_[i] : throw std::invalid_argument("number " + std::to_string(i) + " is missing");
  }
  [[nodiscard]] std::size_t size(std::size_t i) const { return static_cast<std::size_t>(number(i)); }

 private:
  std::span<const array> arrays_;
  std::span<const double> numbers_;
};

/// All operations of this library, by name.
inline std::map<std::string, std::function<void(arguments&)>>& operations() {
  static std::map<std::string, std::function<void(arguments&)>> all;
  return all;
}

/// Registers an operation.
struct operation {
  operation(const std::string& name, std::function<void(arguments&)> run) {
    if (!operations().emplace(name, std::move(run)).second) {
      throw std::logic_error("two operations are called " + name);
    }
  }
};

}  // namespace conformance

// SPDX-License-Identifier: MIT
// Halftone: what a file says about a quantized matrix: version of the convention, scheme, shape.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/io/safetensors_file.hpp>

namespace halftone::inline v0_1 {

/// The description of a saved matrix, in the metadata under "halftone." + its name, as a JSON object in a string:
///
///   {"version":1,"scheme":"scheme<...>","shape":[rows,cols]}
struct quantized_description {
  static constexpr std::uint64_t current_version = 1;

  std::string scheme;  ///< the scheme's name()
  matrix_shape shape;
};

namespace detail {

inline constexpr std::string_view description_prefix = "halftone.";

[[nodiscard]] inline std::string description_text(const quantized_description& description) {
  std::string text = message("{\"version\":", quantized_description::current_version, ",\"scheme\":");
  append_json_string(text, description.scheme);
  return text + message(",\"shape\":[", description.shape.rows, ",", description.shape.cols, "]}");
}

/// Listens to the JSON of a description. What is wrong is kept rather than ending the reading, so that a later version of
/// the convention is called by its number whatever its fields are.
class description_reader {
 public:
  std::size_t position = 0;  // kept by read_json
  std::optional<std::uint64_t> version;
  std::optional<std::string> scheme;
  std::vector<std::uint64_t> shape;
  std::string problem;

  bool on_begin(json_kind kind) {
    ++depth_;
    if (depth_ == 1 && kind == json_kind::object) {
      return true;
    }
    if (depth_ == 2 && kind == json_kind::array && key_ == "shape") {
      return true;
    }
    return unexpected(kind == json_kind::object ? "an object" : "an array");
  }
  bool on_end() {
    --depth_;
    return true;
  }
  bool on_key(std::string& name) {
    if (depth_ > 1) {
      return true;
    }
    unsigned& count = name == "version"  ? counts_[0]
                      : name == "scheme" ? counts_[1]
                      : name == "shape"  ? counts_[2]
                                         : others_;
    key_ = std::move(name);
    if (&count == &others_) {
      note("unknown field ", in_quotes(key_));
    } else if (++count == 2) {
      note("field ", in_quotes(key_), " occurs twice");
    }
    return true;
  }
  bool on_string(std::string& value) {
    if (depth_ == 1 && key_ == "scheme") {
      scheme = std::move(value);
      return true;
    }
    return unexpected("a string");
  }
  bool on_integer(std::uint64_t value) {
    if (depth_ == 1 && key_ == "version") {
      version = value;
    } else if (depth_ == 2 && key_ == "shape" && shape.size() < 3) {
      shape.push_back(value);
    } else if (depth_ != 2) {
      unexpected("a number");
    }
    return true;
  }
  bool on_other(std::string_view what) { return unexpected(what); }

 private:
  template <class... Parts>
  void note(const Parts&... parts) {
    if (problem.empty()) {
      problem = message(parts...);
    }
  }
  bool unexpected(std::string_view what) {
    note("field ", in_quotes(key_), " does not hold ", what);
    return true;
  }

  std::string key_;
  std::array<unsigned, 3> counts_{};
  unsigned others_ = 0;
  unsigned depth_ = 0;
};

}  // namespace detail

/// Reads the description of a saved matrix.
/// @return  or not_found if there is none, malformed if it breaks the convention or is of another version
[[nodiscard]] inline result<quantized_description> read_description(const safetensors_file& file,
                                                                    const std::string& name) {
  const auto refuse = [&](file_error code, const auto&... parts) {
    return file_failure{code, 0, detail::message("matrix ", detail::in_quotes(name), ": ", parts...)};
  };
  const auto found = file.metadata().find(std::string(detail::description_prefix) + name);
  if (found == file.metadata().end()) {
    return refuse(file_error::not_found, "the file has no quantized matrix of that name");
  }
  detail::description_reader reader;
  if (detail::read_json(found->second, reader)) {
    return refuse(file_error::malformed, "its description is not JSON");
  }
  if (reader.version && *reader.version != quantized_description::current_version) {
    return refuse(file_error::malformed, "version ", *reader.version, " of the convention, this reader knows version ",
                  quantized_description::current_version);
  }
  if (!reader.problem.empty()) {
    return refuse(file_error::malformed, "its description: ", reader.problem);
  }
  if (!reader.version || !reader.scheme || reader.shape.size() != 2) {
    return refuse(file_error::malformed, "its description has no ",
                  !reader.version  ? "version"
                  : !reader.scheme ? "scheme"
                                   : "shape of two extents");
  }
  if (reader.shape[0] > ~std::size_t{0} || reader.shape[1] > ~std::size_t{0}) {
    return refuse(file_error::too_large, "its shape [", reader.shape[0], ", ", reader.shape[1],
                  "] exceeds the address space");
  }
  return quantized_description{*std::move(reader.scheme),
                               {static_cast<std::size_t>(reader.shape[0]), static_cast<std::size_t>(reader.shape[1])}};
}

}  // namespace halftone::inline v0_1

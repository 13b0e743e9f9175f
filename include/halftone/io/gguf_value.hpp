// SPDX-License-Identifier: MIT
// Halftone: a metadata value of a GGUF file, read where it stands.
#pragma once

#include <halftone/io/gguf_bytes.hpp>

namespace halftone::inline v0_1 {

class gguf_array;

namespace detail {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

/// The type that a value of the file has if `get<T>` gives it.
template <class T>
[[nodiscard]] consteval gguf_value_type gguf_type_read_as() noexcept {
  if constexpr (gguf_scalar<T>) {
    return gguf_value_type_of<T>();
  } else {
    return std::same_as<T, std::string_view> || std::same_as<T, std::string> ? gguf_value_type::string
                                                                             : gguf_value_type::array;
  }
}

/// Reads the type of a value; uint8 for a number that is none, which a checked file does not have.
inline gguf_value_type take_gguf_type(gguf_cursor& cursor) noexcept {
  const auto number = cursor.take<std::uint32_t>();
  return number < gguf_values.size() ? static_cast<gguf_value_type>(number) : gguf_value_type::u8;
}

/// Moves behind a value of a checked file.
inline void skip_gguf_value(gguf_cursor& cursor, gguf_value_type type, unsigned depth = 0);

inline constexpr unsigned gguf_deepest_array = 16;  // levels of arrays inside arrays, so that no file ends the stack

}  // namespace detail

/// What `gguf_value::get` can give: a scalar, a string, an array, or a vector of what `get` can give.
template <class T>
concept gguf_readable = gguf_scalar<T> || std::same_as<T, std::string_view> || std::same_as<T, std::string> ||
                        std::same_as<T, gguf_array> || detail::is_vector<T>;

/// A value of the metadata: its type and where it stands in the file. Lives as long as the file.
class gguf_value {
 public:
  gguf_value(gguf_value_type type, detail::gguf_cursor at) noexcept : type_(type), at_(at) {}

  [[nodiscard]] gguf_value_type type() const noexcept { return type_; }

  /// Offset of the value in its file.
  [[nodiscard]] std::uint64_t offset() const noexcept { return at_.at(); }

  /// The value, if it is of exactly this type: integers are not converted. Strings are the bytes of the file (the
  /// format says UTF-8, but tokens of real models are not always). None for another type, and for a vector if an
  /// element of the array is of another type.
  template <gguf_readable T>
  [[nodiscard]] std::optional<T> get() const;

  /// Calls `visitor` with the value as the C++ type that it has: a scalar, a std::string_view or a gguf_array.
  template <class Visitor>
  void visit(Visitor&& visitor) const;

 private:
  friend class gguf_array;

  gguf_value_type type_;
  detail::gguf_cursor at_;
};

/// An array of the metadata, read element by element where it stands. Lives as long as the file.
class gguf_array {
 public:
  gguf_array() noexcept : gguf_array({{}, 0, std::endian::little}) {}
  explicit gguf_array(detail::gguf_cursor at) noexcept : elements_(at) {
    type_ = detail::take_gguf_type(elements_);
    const auto count = elements_.take<std::uint64_t>();
    const std::uint64_t most = elements_.remaining() / detail::gguf_values[static_cast<std::size_t>(type_)].bytes;
    size_ = static_cast<std::size_t>(std::min(count, most));  // a checked file has all that it counts
  }

  [[nodiscard]] gguf_value_type element_type() const noexcept { return type_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  class iterator {
   public:
    using value_type = gguf_value;
    using difference_type = std::ptrdiff_t;

    iterator() noexcept = default;
    gguf_value operator*() const noexcept { return {type_, at_}; }
    iterator& operator++() {
      detail::skip_gguf_value(at_, type_);
      --left_;
      return *this;
    }
    iterator operator++(int) {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }

   private:
    friend class gguf_array;
    iterator(detail::gguf_cursor at, gguf_value_type type, std::size_t left) noexcept
        : at_(at), type_(type), left_(left) {}

    detail::gguf_cursor at_{{}, 0, std::endian::little};
    gguf_value_type type_ = gguf_value_type::u8;
    std::size_t left_ = 0;
  };

  /// The elements in their order, as values. Cost: a step over an array inside the array reads it.
  [[nodiscard]] iterator begin() const noexcept { return {elements_, type_, size_}; }
  [[nodiscard]] iterator end() const noexcept { return {elements_, type_, 0}; }

  /// Element `index`; none if there is no such element or if it is of another type. Cost: constant for scalars, else
  /// the elements before it are stepped over.
  template <gguf_readable T>
  [[nodiscard]] std::optional<T> get(std::size_t index) const {
    if (index >= size_) {
      return std::nullopt;
    }
    if (type_ == gguf_value_type::string || type_ == gguf_value_type::array) {
      iterator at = begin();
      for (std::size_t i = 0; i < index; ++i) {
        ++at;
      }
      return (*at).get<T>();
    }
    detail::gguf_cursor at = elements_;
    at.skip(std::uint64_t{detail::gguf_values[static_cast<std::size_t>(type_)].bytes} * index);
    return gguf_value(type_, at).get<T>();
  }

 private:
  detail::gguf_cursor elements_;
  gguf_value_type type_ = gguf_value_type::u8;
  std::size_t size_ = 0;
};

template <gguf_readable T>
std::optional<T> gguf_value::get() const {
  if (type_ != detail::gguf_type_read_as<T>()) {
    return std::nullopt;
  }
  detail::gguf_cursor at = at_;
  if constexpr (gguf_scalar<T>) {
    return at.take<T>();
  } else if constexpr (std::same_as<T, gguf_array>) {
    return gguf_array(at);
  } else if constexpr (detail::is_vector<T>) {
    using element = typename T::value_type;
    const gguf_array array(at);
    if (array.element_type() != detail::gguf_type_read_as<element>()) {
      return std::nullopt;
    }
    T elements;
    elements.reserve(array.size());
    for (const gguf_value value : array) {
      std::optional<element> got = value.get<element>();
      if (!got) {
        return std::nullopt;
      }
      elements.push_back(*std::move(got));
    }
    return elements;
  } else {
    return T(at.take_string());
  }
}

template <class Visitor>
void gguf_value::visit(Visitor&& visitor) const {
  const auto with = [&]<class... T>(std::type_identity<T>...) {
    static_cast<void>(((type_ == detail::gguf_type_read_as<T>() && (visitor(*get<T>()), true)) || ...));
  };
  using std::type_identity;
  with(type_identity<std::uint8_t>{}, type_identity<std::int8_t>{}, type_identity<std::uint16_t>{},
       type_identity<std::int16_t>{}, type_identity<std::uint32_t>{}, type_identity<std::int32_t>{},
       type_identity<float>{}, type_identity<bool>{}, type_identity<std::string_view>{}, type_identity<gguf_array>{},
       type_identity<std::uint64_t>{}, type_identity<std::int64_t>{}, type_identity<double>{});
}

namespace detail {

inline void skip_gguf_value(gguf_cursor& cursor, gguf_value_type type, unsigned depth) {
  if (type == gguf_value_type::string) {
    cursor.take_string();
    return;
  }
  if (type != gguf_value_type::array) {
    cursor.skip(gguf_values[static_cast<std::size_t>(type)].bytes);
    return;
  }
  const gguf_array array(cursor);
  cursor.skip(12);
  const gguf_value_type element = array.element_type();
  if (element != gguf_value_type::string && element != gguf_value_type::array) {
    cursor.skip(std::uint64_t{gguf_values[static_cast<std::size_t>(element)].bytes} * array.size());
    return;
  }
  for (std::size_t i = 0; i < array.size() && depth < gguf_deepest_array; ++i) {
    skip_gguf_value(cursor, element, depth + 1);
  }
}

/// "a u32", "an array of string": the type of a value and of its elements, for a message.
[[nodiscard]] inline std::string with_article(gguf_value_type type,
                                              std::optional<gguf_value_type> element = std::nullopt) {
  const std::string_view name = name_of(type);
  std::string text = std::string_view("aif").find(name[0]) != std::string_view::npos ? "an " : "a ";
  text += name;
  if (element) {
    text += " of ";
    text += name_of(*element);
  }
  return text;
}
[[nodiscard]] inline std::string with_article(const gguf_value& value) {
  const std::optional<gguf_array> array = value.get<gguf_array>();
  return with_article(value.type(), array ? std::optional(array->element_type()) : std::nullopt);
}

/// The same for what `get<T>` gives.
template <class T>
[[nodiscard]] std::string type_with_article() {
  std::optional<gguf_value_type> element;
  if constexpr (is_vector<T>) {
    element = gguf_type_read_as<typename T::value_type>();
  }
  return with_article(gguf_type_read_as<T>(), element);
}

}  // namespace detail

}  // namespace halftone::inline v0_1

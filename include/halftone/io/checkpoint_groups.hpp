// SPDX-License-Identifier: MIT
// Halftone: "config_groups" of compressed-tensors: which layers are stored how.
#pragma once

#include <halftone/io/checkpoint_format.hpp>
#include <halftone/io/checkpoint_options.hpp>
#include <halftone/io/checkpoint_pattern.hpp>

#include <algorithm>
#include <map>

namespace halftone::inline v0_1::detail {

/// The configuration of compressed-tensors. A layer belongs to the group that names it, else to the first with a pattern ("re:...") that
/// matches it, else to the first for the class "Linear", which is what all layers with weights are taken for. Ignored layers to none.
class checkpoint_groups {
 public:
  /// @param path  of the configuration in the document
  [[nodiscard]] static checkpoint_groups read(option_reader& o, const json_fields& fields, std::string_view what, const std::string& path) {
    checkpoint_groups all;
    const std::string format = o.text("format").value_or("");
    if (o.members("config_groups") == 0) {
      o.refuse("there are no \"config_groups\"");
    }
    if (o.members("transform_config") != 0) {
      o.refuse("\"transform_config\" changes what layers multiply, which is not read");
    }
    option_reader sparsity(fields, what, path + "sparsity_config/");
    if (sparsity.text("format").value_or("dense") != "dense") {
      sparsity.refuse_value("format", ": sparse weights are not read");
    }
    for (const std::string& name : o.keys("config_groups")) {
      option_reader each(fields, what, path + "config_groups/" + name + "/");
      if (!each.is_list("weights") && each.has("targets")) {
        continue;  // activations alone
      }
      option_reader weights(fields, what, path + "config_groups/" + name + "/weights/");
      all.groups_.push_back({each.texts("targets"), read_weights(weights, each, each.text("format").value_or(format))});
      if (all.groups_.back().targets.empty()) {
        each.refuse_value("targets", ", not a list of layers");
      }
      for (const std::string& target : all.groups_.back().targets) {
        check_pattern(each, target);
      }
      o.take_failure(each);
      o.take_failure(weights);
    }
    all.ignored_ = o.texts("ignore");
    for (const std::string& target : all.ignored_) {
      check_pattern(o, target);
    }
    o.take_failure(sparsity);
    return all;
  }

  [[nodiscard]] result<layer_format> format_of(const std::string& layer) const {
    const auto has = [&](const std::vector<std::string>& targets, const auto& matches) {
      return std::any_of(targets.begin(), targets.end(), matches);
    };
    const auto named = [&](const std::string& target) { return target == layer; };
    const auto matched = [&](const std::string& target) {
      return target.starts_with("re:") && name_pattern::parse(std::string_view(target).substr(3)).value().matches(layer);
    };
    const auto of_class = [](const std::string& target) { return target == "Linear"; };
    if (has(ignored_, named) || has(ignored_, matched) || has(ignored_, of_class)) {
      return file_failure{file_error::not_found, 0, message("layer ", in_quotes(layer), " is in the list of ignored ones")};
    }
    const layer_format* found = nullptr;
    const auto look = [&](const auto& matches) {
      for (const group& each : groups_) {
        found = found == nullptr && has(each.targets, matches) ? &each.format : found;
      }
    };
    look(named);
    look(matched);
    look(of_class);
    if (found == nullptr) {
      return file_failure{file_error::not_found, 0, message("layer ", in_quotes(layer), " is a target of no group of the configuration")};
    }
    return *found;
  }
  [[nodiscard]] const std::vector<std::string>& ignored() const noexcept { return ignored_; }

 private:
  struct group {
    std::vector<std::string> targets;
    layer_format format;
  };

  static void check_pattern(option_reader& o, const std::string& target) {
    if (target.starts_with("re:") && !name_pattern::parse(std::string_view(target).substr(3))) {
      o.refuse("the pattern ", in_quotes(target), " is none of those that are understood");
    }
  }

  /// @param of  the group, which has the format
  [[nodiscard]] static layer_format read_weights(option_reader& o, option_reader& of, const std::string& format) {
    layer_format f;
    const std::int64_t bits = o.size("num_bits").value_or(8);
    const std::string type = o.text("type").value_or("int");
    const bool is_integer = type == "int";
    if (type != "int" && type != "float") {
      o.refuse_value("type", ", not int or float");
    }
    f.bits = static_cast<unsigned>(std::max<std::int64_t>(bits, 0));
    f.has_zero_point = !o.truth("symmetric").value_or(true);
    if (o.text_or_truth("dynamic").value_or("false") != "false") {
      o.refuse_value("dynamic", ": those weights are not quantized");
    }
    const std::string order = o.text_or_truth("actorder").value_or("false");
    if (order != "false" && order != "weight" && order != "static" && order != "group" && order != "dynamic") {
      o.refuse_value("actorder", ", not weight or group");
    }
    f.has_column_order = order == "group" || order == "dynamic";
    f.group = read_group(o);
    // Of every format: type, bits, and the groups that it has.
    const std::int64_t size = static_cast<std::int64_t>(f.group.cols);
    const bool is_row = f.group.rows == 1;
    const auto is = [&](layer_layout layout) {
      f.layout = layout;
      return format == option_of(layout);
    };
    if (is(layer_layout::pack_quantized)) {
      fits(o, format, is_integer && bits >= 1 && bits <= 8 && is_row);
    } else if (is(layer_layout::int_quantized) || (format == "naive-quantized" && is_integer)) {
      fits(o, format, is_integer && bits == 8);
    } else if (is(layer_layout::float_quantized) || format == "naive-quantized") {
      fits(o, format, !is_integer && bits == 8 && !f.has_zero_point);
    } else if (is(layer_layout::nvfp4_pack_quantized)) {
      fits(o, format, !is_integer && bits == 4 && is_row && size == 16 && !f.has_zero_point);
    } else if (is(layer_layout::mxfp4_pack_quantized)) {
      fits(o, format, !is_integer && bits == 4 && is_row && size == 32 && !f.has_zero_point);
    } else {
      of.refuse("format ", in_quotes(format), " of a group is none of those that are read");
    }
    if (f.has_column_order && f.layout != layer_layout::pack_quantized) {
      o.refuse_value("actorder", detail::message(", which ", format, " does not hold"));
    }
    return f;
  }
  /// What "format" says: hyphens where the layout's name has underscores.
  [[nodiscard]] static std::string option_of(layer_layout layout) {
    std::string text(name_of(layout));
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
  }
  static void fits(option_reader& o, const std::string& format, bool does) {
    if (!does) {
      o.refuse(in_quotes(o.path()), " asks for weights that ", format, " does not hold");
    }
  }

  [[nodiscard]] static matrix_shape read_group(option_reader& o) {
    const std::int64_t size = o.size("group_size").value_or(0);
    const std::string strategy = o.text("strategy").value_or(size > 0 ? "group" : size < 0 ? "channel" : "tensor");
    if (strategy == "tensor" || strategy == "channel") {
      if (size > 0) {
        o.refuse_value("group_size", detail::message(" with strategy ", strategy));
      }
      return strategy == "tensor" ? matrix_shape{} : matrix_shape{1, 0};
    }
    if (strategy == "group" || strategy == "tensor_group") {
      if (size <= 0) {
        o.refuse_value("group_size", ", not the size of groups");
      }
      return {1, static_cast<std::size_t>(std::max<std::int64_t>(size, 0))};
    }
    if (strategy == "block") {
      const std::int64_t rows = o.size("block_structure/0").value_or(0), cols = o.size("block_structure/1").value_or(0);
      if (o.members("block_structure") != 2 || rows <= 0 || cols <= 0) {
        o.refuse_value("block_structure", ", not two sizes");
      }
      return {static_cast<std::size_t>(std::max<std::int64_t>(rows, 0)), static_cast<std::size_t>(std::max<std::int64_t>(cols, 0))};
    }
    o.refuse_value("strategy", ", none of tensor, channel, group, tensor_group and block");
    return {};
  }

  std::vector<group> groups_;
  std::vector<std::string> ignored_;
};

}  // namespace halftone::inline v0_1::detail

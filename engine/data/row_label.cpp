#include "engine/data/row_label.h"

#include "engine/error.h"

#include <cmath>
#include <optional>
#include <string>

namespace lora {

namespace {

constexpr std::size_t most_labels_a_row = 4096;

/// A class by its name or number; none for what is neither.
std::optional<std::string> class_text(const Json& label) {
    if (label.is_string() && !label.get_ref<const std::string&>().empty()) return label.get<std::string>();
    if (label.is_number_integer()) return label.dump();
    if (label.is_boolean()) return label.get<bool>() ? "1" : "0";
    if (label.is_number_float() && std::abs(label.get<double>()) < 1e15
        && std::trunc(label.get<double>()) == label.get<double>())
        return std::to_string(std::llround(label.get<double>()));
    return std::nullopt;
}

void read_several(const Json& all, Row& row) {
    if (all.size() > most_labels_a_row) return;
    row.several = true;
    for (const auto& [column, value] : all.items()) {
        auto text = class_text(value);
        if (!text && value.is_number()) text = value.dump();
        if (!text) {
            row.several = false;
            row.labels.clear();
            row.label_columns.clear();
            return;
        }
        row.labels.push_back(std::move(*text));
        if (all.is_object()) row.label_columns.push_back(column);
    }
}

} // namespace

void read_label(const JsonFields& fields, Row& row) {
    const char* column = fields.has("label") ? "label" : "labels";
    const Json* label = fields.has(column) ? fields.find(column) : nullptr;
    if (label == nullptr) return;
    row.label = class_text(*label);
    if (row.label) return;
    row.no_label = shown(label->dump(), 60);
    if (label->is_structured()) read_several(*label, row);
}

} // namespace lora

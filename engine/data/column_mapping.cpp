#include "engine/data/column_mapping.h"

#include "engine/data/row_shapes.h"
#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::string_view columns_setting = "{data.columns}";
constexpr std::string_view template_setting = "{data.row_template}";
constexpr std::size_t most_filled_bytes = 16 << 20;
constexpr const char *label_role = "label", *pair_role = "pair", *pair_column = "text_pair";

std::string trimmed(std::string_view word) {
    const auto first = word.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(word.substr(first, word.find_last_not_of(" \t") - first + 1));
}

std::string listed_roles() {
    std::string list;
    for (const std::string& role : column_roles()) list += (list.empty() ? "" : ", ") + role;
    return list;
}

bool is_role(std::string_view word) {
    const auto& all = column_roles();
    return std::find(all.begin(), all.end(), word) != all.end();
}

const Json& column_of(const Json& columns, const std::string& name, const std::string& where) {
    const auto found = columns.find(name);
    if (found != columns.end()) return *found;
    std::string there;
    for (const auto& [column, value] : columns.items())
        if (there.size() < 200) there += (there.empty() ? "'" : ", '") + shown(column, 40) + "'";
    fail(where, "no column '" + shown(name, 60) + "'",
        there.empty() ? "columns that a row can be made from" : "one of " + there);
}

bool is_in(const RowShape& shape, std::string_view column) {
    return std::find(shape.columns.begin(), shape.columns.end(), column) != shape.columns.end();
}

bool is_whole(const RowShape& shape, const Json& row) {
    return std::all_of(shape.columns.begin(), shape.columns.end(), [&](const char* column) {
        const auto value = row.find(column);
        return value != row.end() && !value->is_null();
    });
}

/// The first shape that the row has with one of the given roles. A prompt alone also stands beside others.
const RowShape* shape_with(const Json& row, const std::vector<std::string>& given) {
    const auto& all = row_shapes();
    const auto decides = [&](const RowShape& shape) {
        return std::any_of(
            given.begin(), given.end(), [&](const std::string& role) { return is_in(shape, role); });
    };
    auto found = std::find_if(all.begin(), all.end(),
        [&](const RowShape& shape) { return is_whole(shape, row) && decides(shape); });
    if (found == all.end() && given == std::vector<std::string>{"prompt"})
        found =
            std::find_if(all.begin(), all.end(), [&](const RowShape& shape) { return is_whole(shape, row); });
    return found == all.end() ? nullptr : &*found;
}

/// Takes out what would make another shape of the row than the one that the given roles are part of.
void keep_to_given(Json& row, const std::vector<std::string>& given, const std::string& where) {
    const auto& all = row_shapes();
    const auto is_of_a_shape = [&](const std::string& role) {
        return std::any_of(all.begin(), all.end(), [&](const RowShape& shape) { return is_in(shape, role); });
    };
    if (std::none_of(given.begin(), given.end(), is_of_a_shape)) return; // a label suits any
    const RowShape* wanted = shape_with(row, given);
    if (wanted == nullptr)
        fail(where, "'" + given.front() + "' without what it goes with", "the columns of " + listed_shapes());
    for (const std::string& role : given) {
        const bool is_read = is_in(*wanted, role) || (role == "prompt" && is_in(*wanted, "chosen"));
        if (is_of_a_shape(role) && !is_read)
            fail(where, "'" + role + "' beside " + columns_of(*wanted),
                "one of them: it would not be learned");
    }
    for (const RowShape* taken = shape_of(row); taken != wanted; taken = shape_of(row)) {
        const auto other =
            std::find_if(taken->columns.begin(), taken->columns.end(), [&](const char* column) {
                return !is_in(*wanted, column)
                       && std::find(given.begin(), given.end(), column) == given.end();
            });
        if (other == taken->columns.end()) return;
        row.erase(*other);
    }
}

char escaped(char letter) {
    switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case '\\': return '\\';
    default: return '\0';
    }
}

} // namespace

const std::vector<std::string>& column_roles() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> roles;
        const auto add = [&](const char* role) {
            if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.emplace_back(role);
        };
        for (const RowShape& shape : row_shapes())
            for (const char* column : shape.columns)
                if (!shape.renamed) add(column == std::string_view(pair_column) ? pair_role : column);
        for (const char* beside : {"input", label_role}) add(beside);
        return roles;
    }();
    return all;
}

ColumnMapping::ColumnMapping(std::string_view columns, std::string_view row_template) {
    read_roles(columns);
    read_template(row_template);
}

void ColumnMapping::read_roles(std::string_view columns) {
    if (trimmed(columns).empty()) return;
    while (true) {
        const std::string_view entry = columns.substr(0, columns.find(','));
        const auto equals = entry.rfind('=');
        const std::string column = trimmed(entry.substr(0, equals));
        const std::string role = equals == std::string_view::npos ? "" : trimmed(entry.substr(equals + 1));
        if (column.empty() || role.empty())
            fail(columns_setting, "'" + shown(entry, 60) + "'", "column=role, such as question=prompt");
        if (!is_role(role)) fail(columns_setting, "the role '" + shown(role, 60) + "'", listed_roles());
        const std::string own = role == pair_role ? pair_column : role;
        if (has_role(own) && role != label_role) fail(columns_setting, "two columns as " + role, "one");
        roles_.emplace_back(column, own);
        if (entry.size() == columns.size()) return;
        columns.remove_prefix(entry.size() + 1);
    }
}

void ColumnMapping::read_template(std::string_view rest) {
    std::string text;
    while (!rest.empty()) {
        const char letter = rest.front();
        if (rest.starts_with("{{") || rest.starts_with("}}")) {
            text += letter;
            rest.remove_prefix(2);
        } else if (letter == '\\') {
            const char meant = rest.size() > 1 ? escaped(rest[1]) : '\0';
            if (meant == '\0')
                fail(template_setting, "a backslash before something else", "\\n, \\t or \\\\");
            text += meant;
            rest.remove_prefix(2);
        } else if (letter == '{') {
            const auto close = rest.find('}');
            if (close == std::string_view::npos || close == 1)
                fail(template_setting, close == 1 ? "braces without a name" : "a brace that is not closed",
                    "{column}, or {{ for a brace");
            pieces_.push_back({std::move(text)});
            text.clear();
            pieces_.push_back({std::string(rest.substr(1, close - 1)), true});
            rest.remove_prefix(close + 1);
        } else if (letter == '}') {
            fail(template_setting, "a brace that closes nothing", "{column}, or }} for a brace");
        } else {
            text += letter;
            rest.remove_prefix(1);
        }
    }
    const bool fixed = pieces_.empty() && !text.empty();
    if (fixed) fail(template_setting, "a text without a {column}", "one that differs from row to row");
    if (!text.empty()) pieces_.push_back({std::move(text)});
}

bool ColumnMapping::has_role(std::string_view role) const {
    return std::any_of(roles_.begin(), roles_.end(), [&](const auto& each) { return each.second == role; });
}

bool ColumnMapping::has_several_labels() const {
    return std::count_if(roles_.begin(), roles_.end(), [](const auto& each) {
        return each.second == label_role;
    }) > 1;
}

Json ColumnMapping::labels_of(const Json& columns, const std::string& where) const {
    Json labels = Json::object();
    for (const auto& [column, role] : roles_)
        if (role == label_role) labels[column] = column_of(columns, column, where);
    return labels;
}

std::string ColumnMapping::filled(const Json& columns, const std::string& where) const {
    std::string text;
    for (const Piece& piece : pieces_) {
        if (!piece.is_column) {
            text += piece.text;
            continue;
        }
        const Json& value = column_of(columns, piece.text, where);
        if (value.is_null() || value.is_structured() || value.is_binary())
            fail(where + ": " + shown(piece.text, 60),
                value.is_null()    ? "nothing"
                : value.is_array() ? "a list"
                                   : "an object or bytes",
                "text or a number, for the template");
        text += value.is_string() ? value.get<std::string>() : value.dump();
        if (text.size() > most_filled_bytes)
            fail(where, "a filled template of more than " + std::to_string(most_filled_bytes >> 20) + " MB",
                "shorter rows");
    }
    return text;
}

Json ColumnMapping::applied(const Json& columns, const std::string& where) const {
    Json row = Json::object();
    std::vector<std::string> given;
    const auto give = [&](const std::string& role, Json value) {
        if (row.contains(role)) fail(where, "'" + role + "' by the template and by a column", "one of them");
        row[role] = std::move(value);
        given.push_back(role);
    };
    if (!pieces_.empty()) {
        const bool answers = has_role("completion") || columns.contains("completion");
        give(answers ? "prompt" : "text", filled(columns, where));
    }
    if (has_several_labels()) give(label_role, labels_of(columns, where));
    for (const auto& [column, role] : roles_)
        if (role != label_role || !has_several_labels()) give(role, column_of(columns, column, where));
    for (const auto& [column, value] : columns.items())
        if (!row.contains(column)) row[column] = value;
    keep_to_given(row, given, where);
    return row;
}

std::string ColumnMapping::words() const {
    std::string list;
    for (const auto& [column, role] : roles_)
        list += (list.empty() ? "'" : ", '") + shown(column, 60) + "' as "
                + (role == pair_column ? pair_role : role);
    if (!pieces_.empty()) list += list.empty() ? "put together by the template" : ", and the template";
    return list;
}

std::string ColumnMapping::text() const {
    Json said = {{"roles", roles_}, {"pieces", Json::array()}};
    for (const Piece& piece : pieces_) said["pieces"].push_back(Json::array({piece.is_column, piece.text}));
    return said.dump();
}

} // namespace lora

#pragma once
// What a dataset's columns are, said by hand where their names do not say it.

#include "engine/files/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// Columns with a role each, and a text that is put together from columns. Several columns can be labels:
/// they become one object, a value under each column's name.
class ColumnMapping {
public:
    ColumnMapping() = default;
    /// `columns`: "question=prompt, reply=completion", the role behind each column, one of column_roles().
    /// `row_template`: a text with {column} for what a row has there, `{{` and `}}` for braces, `\n`, `\t`
    /// and `\\` for a line break, a tab and a backslash. It becomes the row's prompt where a completion is
    /// among the roles or the columns, else its text. Either may be empty. Throws Error naming the setting.
    ColumnMapping(std::string_view columns, std::string_view row_template);

    bool empty() const { return roles_.empty() && pieces_.empty(); }
    /// A row's columns, those with a role under its name. Others that would make another kind of row of it
    /// are left out. Throws Error naming `where` for a column that the row does not have, for a role without
    /// those that it goes with, and in a template for a column that is null, a list or an object.
    Json applied(const Json& columns, const std::string& where) const;
    /// "'question' as prompt, 'reply' as completion"
    std::string words() const;
    /// All that it says, in letters that no other mapping has.
    std::string text() const;

private:
    struct Piece {
        std::string text;
        bool is_column = false;
    };
    void read_roles(std::string_view columns);
    void read_template(std::string_view row_template);
    std::string filled(const Json& columns, const std::string& where) const;
    bool has_role(std::string_view role) const;
    bool has_several_labels() const;
    Json labels_of(const Json& columns, const std::string& where) const;

    std::vector<std::pair<std::string, std::string>> roles_; // column, role
    std::vector<Piece> pieces_;
};

/// What a column can be: the columns of all shapes of rows (the second of two texts as "pair"), and what can
/// stand beside them.
const std::vector<std::string>& column_roles();

} // namespace lora

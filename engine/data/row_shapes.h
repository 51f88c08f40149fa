#pragma once
// The shapes that a row of a dataset can have: which columns make what of it. The one list that readers,
// faults and `lora inspect` follow.

#include "engine/data/record.h"
#include "engine/data/row.h"

#include <string>
#include <vector>

namespace lora {

struct RowShape {
    const char* key;                  ///< "prompt_completion"
    std::vector<const char*> columns; ///< that it needs
    Row (*read)(const JsonFields& row);
    const char* unused = ""; ///< a sentence about what is in such rows and is not learned
    bool renamed = false;    ///< an earlier shape under other names
};

/// The first whose columns a row has is taken.
const std::vector<RowShape>& row_shapes();

/// The shape of a row with these columns; null if there is none. A column that is null counts as absent.
const RowShape* shape_of(const Json& columns);

/// "'prompt' and 'completion'"
std::string columns_of(const RowShape& shape);

/// The columns of all shapes but renamed ones: "'prompt' and 'completion', or 'messages', or …"
std::string listed_shapes();

/// What a record means. Throws Error with file, place and column where it has no shape or a column is wrong.
Row read_row(const Record& record, const std::string& path);

} // namespace lora

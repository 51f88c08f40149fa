#pragma once
// A row of a dataset file before its columns have a meaning, and what every format's reader is.

#include "engine/files/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

struct Record {
    std::int64_t number = 0; ///< of the line, or of the row in a list, from 1
    std::string place;       ///< the same in words: "line 3", "row 3 (line 17)"
    Json columns;            ///< an object: name → value
};

/// The rows of an opened file, one by one; the file's bytes outlive it.
class RecordReader {
public:
    RecordReader() = default;
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;
    virtual ~RecordReader() = default;

    /// None after the last one. Throws Error with file and line where what comes next is no row.
    virtual std::optional<Record> next() = 0;
};

} // namespace lora

#pragma once
// A row of a dataset file before its columns have a meaning, and what every format's reader is.

#include "engine/files/json.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace lora {

struct Record {
    std::int64_t number = 0; ///< of the line, or of the row in a list, from 1
    std::string place;       ///< the same in words: "line 3", "row 3 (line 17)"
    Json columns;            ///< an object: name → value
};

/// So much of the bytes, from 0 to 1.
inline double share_read(std::size_t bytes, std::size_t of) {
    return of == 0 ? 1 : static_cast<double>(bytes) / static_cast<double>(of);
}

/// The rows of an opened file, one by one; the file's bytes outlive it.
class RecordReader {
public:
    RecordReader() = default;
    RecordReader& operator=(const RecordReader&) = delete;
    virtual ~RecordReader() = default;

    /// None after the last one. Throws Error with file and line where what comes next is no row.
    virtual std::optional<Record> next() = 0;
    /// Another reader of the same bytes that goes on from here; null where the format's cannot be copied.
    virtual std::unique_ptr<RecordReader> copy() const { return nullptr; }
    /// How much of the bytes is read, from 0 to 1; 0: not known.
    virtual double done() const { return 0; }

protected:
    RecordReader(const RecordReader&) = default;
};

} // namespace lora

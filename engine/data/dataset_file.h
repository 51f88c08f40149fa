#pragma once
// A dataset file, opened: its rows one by one, or the one text that it is, expanded where it is compressed.

#include "engine/data/column_mapping.h"
#include "engine/data/formats.h"
#include "engine/data/record.h"
#include "engine/data/row.h"
#include "engine/files/compression.h"
#include "engine/files/mapped_file.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lora {

/// The rows of a file, from its first to its last; the file outlives it.
class RowReader {
public:
    RowReader(std::unique_ptr<RecordReader> records, std::string path, ColumnMapping mapping = {});
    /// None after the last one. Throws Error with file, line and column where a row is wrong.
    std::optional<Row> next();
    /// Another reader that goes on from here; none where the format's cannot be copied.
    std::optional<RowReader> bookmark() const;
    /// How much of the file is read, from 0 to 1; 0: not known.
    double done() const { return records_->done(); }

private:
    std::unique_ptr<RecordReader> records_;
    std::string path_;
    ColumnMapping mapping_;
};

class DatasetFile {
public:
    /// Throws Error for what format_of() refuses, for what cannot be opened, and for a compressed file of a
    /// format that is no text.
    explicit DatasetFile(const std::string& path);

    const std::string& path() const { return file_.path(); }
    const DatasetFormat& format() const { return *format_; }
    std::string format_name() const; ///< "JSON Lines, compressed (gzip)"
    bool is_plain_text() const { return format_->is_plain_text(); }
    /// A plain text, without its byte order mark; it lies in the file, or in memory where it was compressed.
    /// Throws Error where it is no text.
    std::string_view text();
    /// The rows of any other format, from the first on, each time anew.
    RowReader rows(const ColumnMapping& mapping = {}) const;

private:
    std::string_view bytes() const;
    std::unique_ptr<RecordReader> records() const;

    MappedFile file_;
    const Compression* compression_; ///< null: none
    const DatasetFormat* format_;
    std::string expanded_; ///< the plain text of a compressed file, once it was asked for
};

} // namespace lora

#pragma once
// The formats of dataset files: the one list that the reader, `lora inspect`, the file dialogs and drops
// follow.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

class RecordReader;

/// How sure a file's first bytes make that it has a format. A sure one is taken whatever the file's name.
enum class Likeness { None, Likely, Sure };

struct DatasetFormat {
    const char* name;                  ///< "JSON Lines"
    std::vector<const char*> suffixes; ///< lower case, without the dot
    Likeness (*sniff)(std::string_view bytes);
    /// Reads the rows of a file's bytes; null for plain text, which has none.
    std::unique_ptr<RecordReader> (*open)(std::string_view bytes, const std::string& path);
};

const std::vector<DatasetFormat>& dataset_formats();

/// The format of a file: the one that its bytes are surely, else by its suffix, else the likeliest. Throws
/// Error for a file that is empty, blank, no text, or a table by its look with a name that says nothing.
const DatasetFormat& format_of(std::string_view bytes, const std::string& path);

/// "JSON Lines, JSON list, CSV, TSV or plain text".
std::string dataset_format_names();

/// All suffixes of all formats, in the list's order.
std::vector<std::string> dataset_suffixes();

} // namespace lora

#pragma once
// The formats of dataset files: the one list that the reader, `lora inspect`, the file dialogs and drops
// follow.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

class RecordReader;
class TextCursor;

/// How sure a file's first bytes make that it has a format. A sure one is taken whatever the file's name.
enum class Likeness { None, Likely, Sure };

struct DatasetFormat {
    const char* name;                          ///< "JSON Lines"
    std::vector<const char*> suffixes;         ///< lower case, without the dot
    Likeness (*sniff)(std::string_view bytes); ///< by a file's first ones
    /// Reads the rows of a text. A format without any of the two has none: plain text.
    std::unique_ptr<RecordReader> (*open_text)(std::unique_ptr<TextCursor> text, const std::string& path);
    /// Reads the rows of a file that is no text; its bytes outlive the reader.
    std::unique_ptr<RecordReader> (*open_bytes)(std::string_view bytes, const std::string& path) = nullptr;

    bool is_plain_text() const { return open_text == nullptr && open_bytes == nullptr; }
};

const std::vector<DatasetFormat>& dataset_formats();

/// The format of a file by its first bytes and its name: the one that they are surely, else by its suffix,
/// else the likeliest. Throws Error for a file that is empty, blank, no text, or a table by its look with a
/// name that says nothing.
const DatasetFormat& format_of(std::string_view bytes, const std::string& path);

/// "JSON Lines, JSON list, CSV, TSV or plain text".
std::string dataset_format_names();

/// All suffixes of all formats, in the list's order, and behind them those of compressed files.
std::vector<std::string> dataset_suffixes();

} // namespace lora

// Data files of every format, compressed and not: all rows are read, as training would.

#include "engine/data/column_mapping.h"
#include "engine/data/dataset_file.h"
#include "engine/files/compression.h"
#include "engine/files/json.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

#include <array>

namespace lora::fuzz {

namespace {

constexpr int most_rows = 2000;

void read_all(const std::string& path) {
    refusable([&] {
        DatasetFile file(path);
        if (file.is_plain_text()) return look_at(file.text());
        RowReader rows = file.rows();
        std::optional<RowReader> bookmark = rows.bookmark();
        int count = 0;
        while (count < most_rows && rows.next()) ++count;
        // A copy that was made at the beginning reads the same rows.
        for (int again = 0; bookmark && again < count; ++again)
            if (!bookmark->next()) throw std::logic_error("a copy of a reader ends early");
    });
}

} // namespace

void read_json(std::string_view bytes) {
    refusable([&] {
        const Json json = parse_json(bytes, "json");
        // What was read can be written and read again.
        if (parse_json(json.dump(), "json again") != json) throw std::logic_error("JSON that changes");
    });
}

void read_rows(std::string_view bytes) {
    static constexpr std::array names{
        "rows.jsonl", "rows.json", "rows.csv", "rows.tsv", "rows.txt", "rows.data"};
    if (bytes.empty()) return;
    const auto which =
        static_cast<unsigned char>(bytes.front()) % names.size(); // '0' is 0, as 48 is a multiple of 6
    read_all(input_folder().write(names[which], bytes.substr(1)));
}

void read_compressed(std::string_view bytes) {
    // First as it is, to its end, within what an honest file can hold.
    if (const Compression* compression = compression_of(bytes))
        refusable([&] {
            const auto stream = compression->open(bytes, "compressed");
            std::array<char, 1 << 14> piece{};
            std::size_t size = 0;
            constexpr std::size_t enough = std::size_t{80} << 20;
            while (const std::size_t read = stream->read(piece)) {
                look_at({piece.data(), read});
                size += read;
                check_expansion(bytes.size(), size, "compressed");
                if (size > enough) break;
            }
        });
    read_all(input_folder().write("rows.jsonl.gz", bytes));
}

void read_columns(std::string_view bytes) { read_all(input_folder().write("rows.parquet", bytes)); }

void read_column_mapping(std::string_view bytes) {
    const auto files = files_of(bytes, 3); // columns, a template, a row
    refusable([&] {
        const ColumnMapping mapping(files[0], files[1]);
        look_at(mapping.words());
        look_at(mapping.applied(parse_json(files[2], "row"), "row").dump());
    });
}

} // namespace lora::fuzz

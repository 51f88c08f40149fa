#include "engine/data/formats.h"

#include "engine/data/column_rows.h"
#include "engine/data/json_rows.h"
#include "engine/data/table_rows.h"
#include "engine/data/text_bytes.h"
#include "engine/error.h"
#include "engine/files/compression.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace lora {

const std::vector<DatasetFormat>& dataset_formats() {
    static const std::vector<DatasetFormat> all{
        {"JSON Lines", {"jsonl", "ndjson", "json"}, like_json_lines, open_json_lines},
        {"JSON list", {"json"}, like_json_list, open_json_list},
        {"CSV", {"csv"}, like_csv, open_csv},
        {"TSV", {"tsv", "tab"}, like_tsv, open_tsv},
        {"Parquet", {"parquet", "pq"}, like_parquet, nullptr, open_parquet},
        {"Arrow", {"arrow", "feather"}, like_arrow, nullptr, open_arrow},
        {"plain text", {"txt", "text", "md"}, like_plain_text, nullptr},
    };
    return all;
}

namespace {

std::string last_suffix(const std::filesystem::path& path) {
    std::string suffix = path.extension().string();
    for (char& letter : suffix) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return suffix.empty() ? suffix : suffix.substr(1);
}

/// Of rows.jsonl.gz it is jsonl.
std::string suffix_of(const std::filesystem::path& path) {
    const std::string suffix = last_suffix(path);
    const auto& all = compressions();
    const bool compressed =
        std::any_of(all.begin(), all.end(), [&](const Compression& each) { return each.suffix == suffix; });
    return compressed ? last_suffix(path.stem()) : suffix;
}

bool has_suffix(const DatasetFormat& format, const std::string& suffix) {
    return std::find(format.suffixes.begin(), format.suffixes.end(), suffix) != format.suffixes.end();
}

const DatasetFormat* first_that(const auto& fits) {
    const auto& all = dataset_formats();
    const auto found = std::find_if(all.begin(), all.end(), fits);
    return found == all.end() ? nullptr : &*found;
}

std::string all_suffixes() {
    std::string list;
    for (const std::string& suffix : dataset_suffixes()) list += (list.empty() ? "." : ", .") + suffix;
    return list;
}

} // namespace

std::string dataset_format_names() {
    const auto& all = dataset_formats();
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i)
        names += (i == 0 ? "" : i + 1 < all.size() ? ", " : " or ") + std::string(all[i].name);
    return names;
}

std::vector<std::string> dataset_suffixes() {
    std::vector<std::string> all;
    for (const DatasetFormat& format : dataset_formats())
        for (const char* suffix : format.suffixes)
            if (std::find(all.begin(), all.end(), suffix) == all.end()) all.emplace_back(suffix);
    for (const Compression& compression : compressions()) all.emplace_back(compression.suffix);
    return all;
}

const DatasetFormat& format_of(std::string_view bytes, const std::string& path) {
    if (bytes.empty()) refuse_empty(path);
    const auto like = [&](Likeness likeness) {
        return first_that([&](const DatasetFormat& format) { return format.sniff(bytes) == likeness; });
    };
    if (const DatasetFormat* sure = like(Likeness::Sure)) return *sure;
    const std::string suffix = suffix_of(path);
    if (const auto* named =
            first_that([&](const DatasetFormat& format) { return has_suffix(format, suffix); }))
        return *named;
    if (const DatasetFormat* likely = like(Likeness::Likely)) return *likely;
    checked_text(bytes, path);
    fail(path, "what looks like a table, in a file whose name does not say so", "one of " + all_suffixes(),
        "name it .csv or .tsv to train on its columns, .txt to train on it as it stands");
}

} // namespace lora

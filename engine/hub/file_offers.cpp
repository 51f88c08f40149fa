#include "engine/hub/file_offers.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <map>
#include <string_view>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t part_digits = 5; // "-00000-of-00002"
// Of more tables, folders are not offered as a whole: what is in each is sought among all files.
constexpr std::size_t most_tables = 500;

/// The name as a pattern that nothing else fits.
std::string literal(std::string_view name) {
    std::string pattern;
    for (const char letter : name) {
        if (std::string_view("*?[]\\").find(letter) != std::string_view::npos) pattern += '\\';
        pattern += letter;
    }
    return pattern;
}

bool has_digits(std::string_view text) {
    return text.size() == part_digits && std::all_of(text.begin(), text.end(), [](unsigned char letter) {
        return std::isdigit(letter) != 0;
    });
}

/// Where the number of a part stands in a name "…-NNNNN-of-NNNNN…"; npos: it is none.
std::size_t part_number(std::string_view name) {
    static constexpr std::string_view of = "-of-";
    for (auto at = name.find(of); at != std::string_view::npos; at = name.find(of, at + 1)) {
        if (at <= part_digits || name[at - part_digits - 1] != '-') continue;
        if (has_digits(name.substr(at - part_digits, part_digits))
            && has_digits(name.substr(at + of.size(), part_digits)))
            return at - part_digits;
    }
    return std::string_view::npos;
}

/// A table of several parts goes by one name, "data/train-*-of-00002.parquet".
std::string table_of(const std::string& name) {
    const std::size_t at = part_number(name);
    return at == std::string::npos ? name : name.substr(0, at) + "*" + name.substr(at + part_digits);
}

FileOffer table_offer(const std::string& table, std::vector<HubFile> files) {
    const std::string first = files.front().name;
    if (files.size() == 1) return {first, {literal(first)}, std::move(files), first};
    std::string digits;
    for (std::size_t i = 0; i < part_digits; ++i) digits += "[0-9]";
    const std::size_t at = part_number(first);
    const std::string pattern =
        literal(first.substr(0, at)) + digits + literal(first.substr(at + part_digits));
    return {table, {pattern}, std::move(files), table};
}

/// What only tells about a dataset.
bool is_description(const std::string& path) {
    static constexpr std::array<std::string_view, 5> all{
        "README.md", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"};
    const std::string name = fs::path(path).filename().string();
    return name.starts_with('.') || name.starts_with('_') || name.starts_with("LICENSE")
           || std::find(all.begin(), all.end(), name) != all.end();
}

bool is_to_train_on(const FileOffer& offer) { return offer.name.find("train") != std::string::npos; }

/// All tables of one ending in one folder, where there are several and none beneath it.
void add_folders(std::vector<FileOffer>& offers, const RepositoryInfo& info) {
    if (offers.size() > most_tables) return;
    std::map<std::string, std::size_t> tables;
    for (const FileOffer& offer : offers) {
        const fs::path path(offer.opens);
        ++tables[(path.parent_path() / ("*" + path.extension().string())).string()];
    }
    for (const auto& [opens, count] : tables) {
        if (count < 2) continue;
        const fs::path path(opens);
        const std::string folder = path.has_parent_path() ? path.parent_path().string() + "/" : "";
        const std::string pattern = literal(folder) + "*" + literal(path.extension().string());
        std::vector<HubFile> files = wanted_files(info, {pattern}).files;
        const bool deeper = std::any_of(files.begin(), files.end(), [&](const HubFile& file) {
            return file.name.find('/', folder.size()) != std::string::npos || is_description(file.name);
        });
        if (!deeper) offers.push_back({opens, {pattern}, std::move(files), opens});
    }
}

std::vector<FileOffer> offers_of_data(const RepositoryInfo& info) {
    std::map<std::string, std::vector<HubFile>> tables;
    for (const HubFile& file : wanted_files(info, {}).files)
        if (!is_description(file.name)) tables[table_of(file.name)].push_back(file);
    if (tables.empty())
        fail(info.repository.name, "no table and no text", "Parquet, Arrow, JSON, CSV, TSV or text");
    std::vector<FileOffer> offers;
    for (auto& [table, files] : tables) offers.push_back(table_offer(table, std::move(files)));
    std::stable_partition(offers.begin(), offers.end(), is_to_train_on);
    add_folders(offers, info);
    return offers;
}

std::vector<FileOffer> offers_of_model(const RepositoryInfo& info) {
    std::vector<HubFile> weights;
    std::copy_if(info.files.begin(), info.files.end(), std::back_inserter(weights),
        [](const HubFile& file) { return file.name.ends_with(".gguf"); });
    std::vector<FileOffer> offers;
    const bool tensors = std::any_of(info.files.begin(), info.files.end(), [](const HubFile& file) {
        return file.name.ends_with(".safetensors") && file.name.find('/') == std::string::npos;
    });
    if (tensors || weights.empty()) offers.push_back({"safetensors", {}, wanted_files(info, {}).files});
    for (const HubFile& file : weights)
        if (part_number(file.name) == std::string::npos)
            offers.push_back({file.name, {literal(file.name)}, {file}, file.name});
    if (offers.empty())
        fail(info.repository.name, "GGUF in several parts only", "safetensors, or GGUF as one file",
            "look for the same model in one of these");
    return offers;
}

} // namespace

std::uint64_t FileOffer::size_bytes() const {
    std::uint64_t sum = 0;
    for (const HubFile& file : files) sum += file.size_bytes;
    return sum;
}

std::vector<FileOffer> file_offers(const RepositoryInfo& info) {
    return info.repository.kind == RepositoryKind::Model ? offers_of_model(info) : offers_of_data(info);
}

} // namespace lora

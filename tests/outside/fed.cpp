// What the program makes of texts and rows, told line by line, for the scripts beside it: one process for
// many models. A line in is a JSON object with "folder", a model's folder as on the hub or a GGUF file, and
// one of these:
//
// "text": told are its ids, and the text that they give back; with "seconds": true the processor's seconds
// that the ids took, and a digest of them.
//
// "row", a row of a dataset: its ids, and which are learned; of a chat the text as of 9 March 2025, 13:05:07.
//
// "file", a dataset: all rows as training is fed them; with "classes": true each is a text with a label.
//
// A line out has these, or "refused" with the reason.

#include "engine/chats/learned_chat.h"
#include "engine/data/example.h"
#include "engine/data/fed_rows.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/json.h"
#include "engine/text/tokenizer.h"

#include <ctime>
#include <iostream>
#include <memory>
#include <string>

using lora::Json;

namespace {

constexpr lora::JsonLimits limits{.size_bytes = std::size_t{1} << 30, .depth = 64};

std::tm fixed_time() {
    std::tm time = {};
    time.tm_year = 2025 - 1900;
    time.tm_mon = 2;
    time.tm_mday = 9;
    time.tm_hour = 13;
    time.tm_min = 5;
    time.tm_sec = 7;
    time.tm_isdst = -1;
    std::mktime(&time); // fills in the days of the week and of the year
    return time;
}

lora::Tokenizer tokenizer_of(const std::string& path) {
    return path.ends_with(".gguf") ? lora::Tokenizer::from_gguf(lora::GgufFile(path))
                                   : lora::Tokenizer::from_folder(path);
}

/// A model that is asked about again and again.
struct Model {
    explicit Model(const std::string& folder)
        : path(folder), tokenizer(tokenizer_of(folder)), maker(tokenizer), format(tokenizer, fixed_time()) {}

    std::string path;
    lora::Tokenizer tokenizer;
    lora::ExampleMaker maker;
    lora::ChatFormat format;
};

Json of_text(const Model& model, const std::string& text, bool timed) {
    const std::clock_t begin = std::clock();
    const std::vector<lora::TokenId> ids = model.tokenizer.encode(text);
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    Json told = Json::object();
    if (timed) {
        std::uint64_t digest = 0; // a polynomial of the ids, which Python can do in little time
        for (const lora::TokenId id : ids) digest = digest * 1'000'003U + static_cast<std::uint32_t>(id);
        told["seconds"] = seconds;
        told["tokens"] = ids.size();
        told["digest"] = digest;
    } else {
        told["ids"] = ids;
        told["back"] = model.tokenizer.decode(ids, /*with_special=*/true);
    }
    return told;
}

Json of_row(Model& model, const Json& columns) {
    const lora::Row row = lora::read_row({.number = 1, .place = "line 1", .columns = columns}, "data");
    const lora::Example example = model.maker.make(row);
    Json told = Json::object();
    told["ids"] = example.ids;
    told["learned"] = example.learned;
    if (row.kind == lora::Row::Kind::Messages)
        told["text"] = lora::learned_chat(model.format, row.chat, {}).text;
    return told;
}

Json of_file(const Model& model, const std::string& path, bool classes) {
    constexpr std::int64_t longest = 1 << 20;
    const lora::DatasetFiles files(path);
    lora::Goal goal;
    if (classes) goal.task = lora::Task::Classification;
    lora::FirstLook look(files, goal);
    while (look.advance()) {
    }
    lora::FedRows rows(files, model.tokenizer, longest, look);
    Json told = Json::object();
    told["rows"] = Json::array();
    while (const auto row = rows.next()) {
        Json example = Json::object();
        example["ids"] = row->example.ids;
        example["learned"] = row->example.learned;
        if (row->example.label >= 0)
            example["label"] = look.classes().labels.at(static_cast<std::size_t>(row->example.label));
        told["rows"].push_back(example);
    }
    return told;
}

Json answer_to(Model& model, const Json& asked) {
    if (const auto text = asked.find("text"); text != asked.end())
        return of_text(model, *text, asked.value("seconds", false));
    if (const auto file = asked.find("file"); file != asked.end())
        return of_file(model, *file, asked.value("classes", false));
    return of_row(model, asked.at("row"));
}

} // namespace

int main() {
    std::unique_ptr<Model> model;
    std::string line;
    while (std::getline(std::cin, line)) {
        Json told = Json::object();
        try {
            const Json asked = lora::parse_json(line, "standard input", limits);
            const std::string folder = asked.at("folder");
            if (!model || model->path != folder) model = std::make_unique<Model>(folder);
            told = answer_to(*model, asked);
        } catch (const std::exception& error) {
            told["refused"] = error.what();
        }
        std::cout << told.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    }
}

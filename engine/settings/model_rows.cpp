// The settings of the model and of the data, a row each: name, words, help, limits.

#include "engine/data/column_mapping.h"
#include "engine/data/formats.h"
#include "engine/error.h"
#include "engine/settings/rows.h"

namespace lora {

namespace {

bool is_device(const Json& value) {
    const auto word = value.get<std::string>();
    if (word == "auto" || word == "cpu" || word == "cuda") return true;
    const std::string number = word.starts_with("cuda:") ? word.substr(5) : "";
    return !number.empty() && number.size() <= 3
           && number.find_first_not_of("0123456789") == std::string::npos;
}

std::string suffix_words() {
    std::string words;
    for (const std::string& suffix : dataset_suffixes()) words += (words.empty() ? "." : ", .") + suffix;
    return words;
}

std::string role_words() {
    std::string words;
    for (const std::string& role : column_roles()) words += (words.empty() ? "" : ", ") + role;
    return words;
}

bool is_mapping(std::string_view columns, std::string_view row_template) {
    try {
        const ColumnMapping read(columns, row_template);
        return true;
    } catch (const Error&) {
        return false;
    }
}

bool fits_columns(const Json& text) { return is_mapping(text.get_ref<const std::string&>(), ""); }
bool fits_template(const Json& text) { return is_mapping("", text.get_ref<const std::string&>()); }

} // namespace

std::vector<Setting> model_rows() {
    return {
        row(
            "model", "Model",
            "A Hugging Face folder, a GGUF file, or the name of a model that was fetched from the hub.",
            [](auto& s) -> auto& { return s.model; },
            Setting()
                .in(SettingGroup::Model)
                .file()
                .must([](const Json& text) { return !text.get_ref<const std::string&>().empty(); },
                    "a model's folder or GGUF file")),
        row(
            "device", "Device", "Where it runs: auto, cpu, cuda or cuda:N.",
            [](auto& s) -> auto& { return s.device; },
            Setting().in(SettingGroup::Model).must(is_device, "auto, cpu, cuda or cuda:N").free_on_resume()),
        row(
            "dtype", "Number type",
            "Of the frozen weights and the activations. A and B are always float32; bfloat16 takes half the "
            "memory.",
            [](auto& s) -> auto& { return s.dtype; }, Setting().in(SettingGroup::Model)),
        row(
            "quantized", "Quantized weights",
            "On the CPU. Packed: what a GGUF file or bitsandbytes quantized stays so and is unpacked inside "
            "each "
            "product, for a fraction of the memory and a little time of each training step. Unpacked: it "
            "becomes the number type once, as the model opens. nf4 and int8: the plain linears of the blocks "
            "are quantized as the model opens, as QLoRA does it; embedding, head and norms stay.",
            [](auto& s) -> auto& { return s.quantized; }, Setting().in(SettingGroup::Model)),
        row(
            "threads", "Threads", "Processor cores that work at once.",
            [](auto& s) -> auto& { return s.threads; },
            Setting().rarely().from(0).to(1024).or_empty("all cores").free_on_resume()),
    };
}

std::vector<Setting> data_rows() {
    std::vector<Setting> rows{
        row(
            "data.train", "Train",
            "What it learns from: a file (" + suffix_words()
                + "), a folder of such, a pattern (*.parquet), or a mix of several by weight (*.mix.json).",
            [](auto& s) -> auto& { return s.data.train; },
            Setting().called("data").file().must(
                [](const Json& text) { return !text.get_ref<const std::string&>().empty(); },
                "a file to train on")),
        row(
            "data.eval", "Evaluate", "A second file to evaluate on.",
            [](auto& s) -> auto& { return s.data.eval; }, Setting().file()),
        row(
            "data.eval_split", "Hold out",
            "Share of the training file that is held out to evaluate on. Counts where there is no second "
            "file.",
            [](auto& s) -> auto& { return s.data.eval_split; }, Setting().from(0).to(0.5).measured_in("%")),
        row(
            "data.split_seed", "Hold-out seed",
            "Which samples are held out. It is not the run's seed, so that runs of several seeds are "
            "measured on "
            "the same ones. Of a mix it also chooses what comes once more.",
            [](auto& s) -> auto& { return s.data.split_seed; }, Setting().rarely()),
        row(
            "data.train_rows", "Rows to train on", "So many rows of the training file, evenly spaced.",
            [](auto& s) -> auto& { return s.data.train_rows; },
            Setting().rarely().from(0).measured_in("rows").or_empty("all")),
        row(
            "data.eval_rows", "Rows to evaluate on", "So many rows of the second file, evenly spaced.",
            [](auto& s) -> auto& { return s.data.eval_rows; },
            Setting().rarely().from(0).measured_in("rows").or_empty("all")),
        row(
            "data.columns", "Columns",
            "Which column is what, where their names do not say it: question=prompt,reply=completion. Roles: "
                + role_words() + ". Several columns can be label: of 0 and 1, or of numbers.",
            [](auto& s) -> auto& { return s.data.columns; },
            Setting()
                .rarely()
                .must(fits_columns, "column=role, with commas between")
                .or_empty("by their names")),
        row(
            "data.row_template", "Row template",
            "A text with {column} for what a row has there; \\n is a line break. It is the prompt where a "
            "column is the completion, else the text.",
            [](auto& s) -> auto& { return s.data.row_template; },
            Setting().rarely().must(fits_template, "a text with {column}").or_empty("none")),
        row(
            "data.problem_type", "Labels",
            "How a classifier learns its labels: one class a text, several, or numbers (regression). Left "
            "open, it is what the adapter or config.json says, else what the labels look like: lists are "
            "several classes, broken numbers are numbers.",
            [](auto& s) -> auto& { return s.data.problem_type; }, Setting().rarely()),
        row(
            "data.max_length", "Longest sample", "Longer samples are cut from their end.",
            [](auto& s) -> auto& { return s.data.max_length; },
            Setting().from(2).to(1 << 20).measured_in("tokens").doubling()),
        row(
            "data.packing", "Pack samples",
            "Whole samples are put together up to the longest sample's length, none seeing another. The "
            "batch "
            "is counted in such packs, so that each step has about as many tokens.",
            [](auto& s) -> auto& { return s.data.packing; }, Setting().rarely()),
        row(
            "data.last_turn", "Last answer alone",
            "Of a chat only the assistant's last turn is learned, else all of them.",
            [](auto& s) -> auto& { return s.data.last_turn; }, Setting().rarely()),
        row(
            "data.deduplicate", "Leave out repeated samples",
            "Of samples with the same tokens the first alone is taken.",
            [](auto& s) -> auto& { return s.data.deduplicate; }, Setting().rarely()),
        row(
            "data.shuffle", "Shuffle every epoch", "Else the samples come in the file's order.",
            [](auto& s) -> auto& { return s.data.shuffle; }),
    };
    for (Setting& each : rows) each.group = SettingGroup::Data;
    return rows;
}

} // namespace lora

#include "engine/survey/counts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lora {

namespace {

/// "1,234,567"
std::string grouped(std::int64_t count) {
    std::string digits = std::to_string(count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string counted(std::int64_t count, const std::string& one, const std::string& several) {
    return grouped(count) + ' ' + (count == 1 ? one : several);
}

/// "12 %"; what is there and rounds to nothing is "under 1 %".
std::string share(std::int64_t part, std::int64_t all) {
    if (part == 0 || all == 0) return "0 %";
    const double per_cent = 100 * static_cast<double>(part) / static_cast<double>(all);
    return per_cent < 1 ? "under 1 %" : std::to_string(std::llround(per_cent)) + " %";
}

std::string first_sentence(const SurveyCounts& counts) {
    std::string text = counted(counts.rows, "row", "rows") + " read, "
                       + counted(counts.samples, "sample", "samples") + " of "
                       + counted(counts.tokens, "token", "tokens");
    if (counts.labels.empty())
        text += ", " + grouped(counts.learned_tokens) + " of them learned ("
                + share(counts.learned_tokens, counts.tokens) + ")";
    return text + ".";
}

/// "3.25", with as many digits as help.
std::string number_words(double value) {
    std::string text(32, '\0');
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4);
    text.resize(static_cast<std::size_t>(end.ptr - text.data()));
    return text;
}

std::string values_sentence(const SurveyCounts& counts) {
    static constexpr std::size_t most = 4;
    const std::size_t outputs = counts.values.size();
    std::string text = outputs == 1 ? "A number is learned for each text:"
                                    : std::to_string(outputs) + " numbers are learned for each text:";
    for (std::size_t i = 0; i < std::min(most, outputs); ++i) {
        const ValueRange& range = counts.values[i];
        const double mean = range.sum / static_cast<double>(std::max<std::int64_t>(1, counts.samples));
        text += i ? "; " : " ";
        if (outputs > 1) text += counts.labels[i] + " ";
        text += "from " + number_words(range.lowest) + " to " + number_words(range.highest) + ", "
                + number_words(mean) + " in the mean";
    }
    return text + (outputs > most ? " and " + std::to_string(outputs - most) + " more." : ".");
}

std::string labels_sentence(const SurveyCounts& counts) {
    static constexpr std::size_t most = 12;
    if (counts.problem == Problem::Regression) return values_sentence(counts);
    std::string text = counts.problem == Problem::MultiLabel
                           ? "Whether a text has each of several labels is learned:"
                           : "A label is learned for each text:";
    for (std::size_t i = 0; i < std::min(most, counts.labels.size()); ++i)
        text += (i ? ", " : " ") + counts.labels[i] + " (" + grouped(counts.per_label[i]) + ")";
    const std::size_t more = counts.labels.size() - std::min(most, counts.labels.size());
    return text + (more > 0 ? " and " + std::to_string(more) + " more." : ".");
}

} // namespace

void count_label(SurveyCounts& counts, const Example& example) {
    if (example.label >= 0) ++counts.per_label.at(static_cast<std::size_t>(example.label));
    const bool numbers = example.problem == Problem::Regression;
    if (numbers && counts.values.empty())
        for (const float value : example.values) counts.values.push_back({value, value, 0});
    for (std::size_t i = 0; i < example.values.size(); ++i) {
        const float value = example.values[i];
        if (!numbers) {
            counts.per_label.at(i) += value != 0;
            continue;
        }
        ValueRange& range = counts.values.at(i);
        range = {
            std::min<double>(range.lowest, value), std::max<double>(range.highest, value), range.sum + value};
    }
}

std::vector<std::string> sentences_of(const SurveyCounts& counts) {
    std::vector<std::string> all{first_sentence(counts)};
    const auto say = [&](std::int64_t count, const std::string& sentence) {
        if (count > 0) all.push_back(sentence);
    };
    const std::string limit = "the limit of " + counted(counts.max_length, "token", "tokens");
    if (!counts.labels.empty()) all.push_back(labels_sentence(counts));
    say(counts.held_out,
        counted(counts.held_out, "sample is", "samples are") + " held out and measured on, not trained on.");
    const std::string unseen =
        counts.cut_off > 0 ? ": " + counted(counts.cut_off, "token is", "tokens are") + " not seen." : ".";
    say(counts.cut, counted(counts.cut, "sample is", "samples are") + " cut at " + limit + unseen);
    say(counts.left_out, counted(counts.left_out, "row has", "rows have") + " nothing to learn within "
                             + limit + (counts.left_out == 1 ? " and is" : " and are") + " left out.");
    say(counts.left_over, counted(counts.left_over, "token", "tokens") + " at the end of the text "
                              + (counts.left_over == 1 ? "does" : "do") + " not fill a row and "
                              + (counts.left_over == 1 ? "is" : "are") + " left off.");
    const char* left_out = counts.duplicates == 1 ? " and is left out." : " and are left out.";
    say(counts.duplicates, counted(counts.duplicates, "sample is", "samples are")
                               + " the same as an earlier one, token for token"
                               + (counts.repeated_left_out ? left_out : "."));
    say(counts.duplicates_among,
        "Equal samples were sought among the first " + grouped(counts.duplicates_among) + " alone.");
    if (!counts.kept_in.empty())
        all.push_back("The tokens are kept in " + counts.kept_in + " and need not be made again.");
    if (counts.packing.packs > 0 && (counts.is_packed || !counts.plain_text))
        all.push_back(
            (counts.is_packed ? "Packed, the samples make " : "Several to a row, the samples would fit into ")
            + counted(counts.packing.packs, "row", "rows") + " of "
            + counted(counts.max_length, "token", "tokens") + ", "
            + std::to_string(std::lround(std::floor(100 * counts.packing.fill))) + " % full"
            + (counts.is_packed ? "; a batch is counted in these." : "."));
    return all;
}

} // namespace lora

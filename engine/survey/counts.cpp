#include "engine/survey/counts.h"

#include <algorithm>
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

std::string labels_sentence(const SurveyCounts& counts) {
    static constexpr std::size_t most = 12;
    std::string text = "A label is learned for each text:";
    for (std::size_t i = 0; i < std::min(most, counts.labels.size()); ++i)
        text += (i ? ", " : " ") + counts.labels[i] + " (" + grouped(counts.per_label[i]) + ")";
    const std::size_t more = counts.labels.size() - std::min(most, counts.labels.size());
    return text + (more > 0 ? " and " + std::to_string(more) + " more." : ".");
}

/// Packs by the room that is left in them.
class OpenPacks {
public:
    std::int64_t packs() const { return packs_; }

    /// Samples of one length, each into the fullest pack that has room for it, else into a new one.
    void take(std::int64_t length, std::int64_t samples, std::int64_t max_length) {
        for (auto next = room_.lower_bound(length); samples > 0 && next != room_.end();
             next = room_.lower_bound(length)) {
            const auto [room, packs] = *next;
            room_.erase(next);
            put(room, packs - fill(room, packs, length, samples));
        }
        if (samples > 0) packs_ += fill(max_length, samples, length, samples);
    }

private:
    void put(std::int64_t room, std::int64_t packs) {
        if (room > 0 && packs > 0) room_[room] += packs;
    }

    /// How many of these packs are needed. One that has taken a sample is now the fullest that takes another,
    /// so that each is filled before the next.
    std::int64_t fill(std::int64_t room, std::int64_t packs, std::int64_t length, std::int64_t& samples) {
        const std::int64_t each = room / length;
        const std::int64_t whole = std::min(packs, samples / each);
        put(room - each * length, whole);
        samples -= whole * each;
        if (whole == packs || samples == 0) return whole;
        put(room - samples * length, 1);
        samples = 0;
        return whole + 1;
    }

    std::map<std::int64_t, std::int64_t> room_; ///< tokens left → packs
    std::int64_t packs_ = 0;
};

} // namespace

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
    if (counts.packing.packs > 0 && !counts.plain_text)
        all.push_back("Several to a row, the samples would fit into "
                      + counted(counts.packing.packs, "row", "rows") + " of "
                      + counted(counts.max_length, "token", "tokens") + ", "
                      + std::to_string(std::lround(std::floor(100 * counts.packing.fill))) + " % full.");
    return all;
}

Packing packed(const std::map<std::int64_t, std::int64_t>& lengths, std::int64_t max_length) {
    OpenPacks open;
    std::int64_t tokens = 0;
    for (auto each = lengths.rbegin(); each != lengths.rend(); ++each) {
        const std::int64_t length = std::min(each->first, max_length);
        if (length < 1) continue;
        tokens += length * each->second;
        open.take(length, each->second, max_length);
    }
    if (open.packs() == 0) return {};
    return {open.packs(),
        static_cast<double>(tokens) / (static_cast<double>(open.packs()) * static_cast<double>(max_length))};
}

} // namespace lora

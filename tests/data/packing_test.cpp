// Samples put together: each once, none cut, as many packs as are counted, the same for the same seed.

#include "engine/data/dataset.h"
#include "engine/data/epoch_order.h"
#include "engine/data/order.h"
#include "engine/data/packing.h"
#include "engine/data/samples.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <map>
#include <numeric>

using namespace lora;

namespace {

constexpr std::int64_t room = 64;

std::vector<Example> examples_of(std::size_t count, std::uint64_t seed) {
    std::vector<Example> examples(count);
    for (std::size_t i = 0; i < count; ++i) examples[i].ids.assign(1 + mixed(seed, i) % room, TokenId{7});
    return examples;
}

Packing counted(const std::vector<Example>& examples) {
    std::map<std::int64_t, std::int64_t> lengths;
    for (const Example& example : examples) ++lengths[static_cast<std::int64_t>(example.ids.size())];
    return packed(lengths, room);
}

} // namespace

class PackingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void every_sample_is_in_one_pack_and_all_fit() {
        for (const std::size_t count : {1, 2, 17, 500}) {
            const std::vector<Example> examples = examples_of(count, count);
            EpochOrder order(Samples(examples), room, /*shuffle=*/true, /*seed=*/3);
            QCOMPARE(static_cast<std::int64_t>(order.places()), counted(examples).packs);
            for (const std::uint64_t epoch : {0, 1, 5}) {
                const auto packs = order.at(epoch, 0, order.places());
                QCOMPARE(packs.size(), order.places());
                std::vector<std::size_t> seen;
                for (const auto& pack : packs) {
                    std::int64_t tokens = 0;
                    for (const std::size_t sample : pack)
                        tokens += static_cast<std::int64_t>(examples[sample].ids.size());
                    QVERIFY(tokens <= room && !pack.empty());
                    seen.insert(seen.end(), pack.begin(), pack.end());
                }
                std::sort(seen.begin(), seen.end());
                std::vector<std::size_t> all(count);
                std::iota(all.begin(), all.end(), std::size_t{0});
                QCOMPARE(seen, all);
            }
        }
    }

    void the_same_seed_packs_alike_wherever_one_begins() {
        const std::vector<Example> examples = examples_of(200, 1);
        const Samples samples(examples);
        EpochOrder whole(samples, room, true, 3), resumed(samples, room, true, 3),
            other(samples, room, true, 4);
        whole.at(0, 0, 4);
        whole.at(1, 0, 4);
        QVERIFY(whole.at(2, 5, 9) == resumed.at(2, 5, 9));
        QVERIFY(whole.at(2, 5, 9) != other.at(2, 5, 9));
        QVERIFY(whole.at(2, 0, whole.places()) != whole.at(3, 0, whole.places()));
    }

    void without_shuffling_packs_come_in_the_files_order() {
        std::vector<Example> examples(4);
        for (const auto& [sample, length] : {std::pair{0, 10}, {1, 40}, {2, 50}, {3, 20}})
            examples[static_cast<std::size_t>(sample)].ids.assign(
                static_cast<std::size_t>(length), TokenId{7});
        EpochOrder order(Samples(examples), room, /*shuffle=*/false, 3);
        using Packs = std::vector<std::vector<std::size_t>>;
        QVERIFY(order.at(0, 0, 9) == (Packs{{0, 2}, {1, 3}}));
        QVERIFY(order.at(7, 1, 2) == (Packs{{1, 3}}));
    }

    void without_packing_the_order_is_the_permutation_of_the_seed() {
        const std::vector<Example> examples = examples_of(9, 1);
        EpochOrder order(Samples(examples), /*pack_room=*/0, true, 3);
        const auto wanted = permutation(9, 3, 2);
        QCOMPARE(order.places(), std::size_t{9});
        const auto places = order.at(2, 0, 9);
        for (std::size_t i = 0; i < 9; ++i) QCOMPARE(places[i], std::vector<std::size_t>{wanted[i]});
    }

    void a_packed_dataset_tells_its_fill_and_counts_its_batches_in_packs() {
        const Scratch scratch;
        const Tokenizer tokenizer = Tokenizer::from_folder(FIXTURES "/tokenizers/bert");
        DataSettings settings;
        settings.train = scratch.write("data.jsonl",
            "{\"text\":\"the dog\"}\n{\"text\":\"the cat\"}\n{\"text\":\"the cat and the dog and they\"}\n");
        settings.max_length = 12;
        QCOMPARE(load_datasets(settings, tokenizer).train.summary.places(), std::int64_t{3});
        settings.packing = true;
        const DatasetSummary packed = load_datasets(settings, tokenizer).train.summary;
        QVERIFY(packed.packing.packs > 0 && packed.packing.packs < 3);
        QCOMPARE(packed.places(), packed.packing.packs);
        QCOMPARE(packed.packing.fill,
            static_cast<double>(packed.tokens) / static_cast<double>(12 * packed.packing.packs));
        QVERIFY(contains(message_of<Error>([&] {
            load_datasets(settings, tokenizer, /*stop=*/{}, {.task = Task::Classification, .labels = {}});
        }),
            "{data.packing}: found on, for a classifier"));
    }
};

QTEST_GUILESS_MAIN(PackingTest)
#include "packing_test.moc"

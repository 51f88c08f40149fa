// What is counted before a run, against what the run then has.

#include "engine/runs/run_folder.h"
#include "engine/settings/run_savings.h"
#include "tests/training/tiny_run.h"

#include <QTest>

using namespace lora;

class RunSavingsTest : public QObject {
    Q_OBJECT

    RunBench bench_;

private Q_SLOTS:
    void a_run_trains_as_many_numbers_as_were_counted_data() {
        QTest::addColumn<QString>("word");
        for (const MethodKind kind : method_kinds())
            if (kind != MethodKind::Eva) // where its directions go is not known before
                QTest::newRow(name(kind).c_str()) << QString::fromStdString(name(kind));
    }
    void a_run_trains_as_many_numbers_as_were_counted() {
        QFETCH(QString, word);
        RunSettings settings = defaults_of(method_kind(word.toStdString()));
        const RunSettings plain = bench_.plain_settings();
        settings.model = plain.model;
        settings.device = plain.device;
        settings.data = plain.data;
        settings.training.steps = 1;
        settings.lora.rank = 2;
        settings.lora.alpha = 4;
        if (has_setting(settings.method, "subspace.dimension")) settings.subspace.dimension = 20;
        RunSettings mixed = settings; // ranks of single targets, where the method takes them
        mixed.lora.rank_pattern = {{"v_proj", 3}};
        if (faults(mixed).empty()) settings = mixed;
        const std::string folder = bench_.new_folder();
        Run::start(settings, folder, bench_.loaded);
        QCOMPARE(savings_of(bench_.loaded.summary, settings).trainable, read_run_file(folder).trainable);
    }

    void plain_lora_costs_what_it_always_did() {
        const RunSettings settings = bench_.plain_settings(); // q and v of two layers, rank 2
        const Savings counted = savings_of(bench_.loaded.summary, settings);
        std::vector<std::string> paths;
        for (const LinearInfo& linear : bench_.loaded.summary.linears)
            if (linear.module == "q_proj" || linear.module == "v_proj") paths.push_back(linear.path);
        const Savings plain = count_savings(bench_.loaded.summary, paths, settings.lora);
        QCOMPARE(counted.trainable, plain.trainable);
        QCOMPARE(counted.adapter_bytes, plain.adapter_bytes);
        QCOMPARE(counted.training_bytes, plain.training_bytes);
        QCOMPARE(counted.share, plain.share);
    }

    void a_frozen_A_needs_no_gradient_and_no_moments() {
        RunSettings settings = bench_.plain_settings();
        const std::int64_t before = savings_of(bench_.loaded.summary, settings).training_bytes;
        settings.method = MethodKind::LoraFa;
        const Savings counted = savings_of(bench_.loaded.summary, settings);
        const std::int64_t A = counted.adapter_bytes / 4 - counted.trainable;
        QCOMPARE(counted.training_bytes, before - 12 * A);
    }

    void veras_random_pair_is_saved_once_and_held_once_for_each_width() {
        RunSettings settings = bench_.plain_settings(); // q and v, which have one input width
        settings.method = MethodKind::Vera;
        const Savings counted = savings_of(bench_.loaded.summary, settings);
        const std::int64_t rank = settings.lora.rank, width = bench_.loaded.summary.hidden_size;
        std::int64_t out = 0, targets = 0, largest_out = 0;
        for (const LinearInfo& linear : bench_.loaded.summary.linears) {
            if (linear.module != "q_proj" && linear.module != "v_proj") continue;
            ++targets;
            out += linear.out;
            largest_out = std::max(largest_out, linear.out);
        }
        const std::int64_t vectors = out + rank * targets, pair = rank * (width + largest_out);
        QCOMPARE(counted.trainable, vectors);
        QCOMPARE(counted.adapter_bytes, 4 * (vectors + pair));
        QCOMPARE(counted.training_bytes, 16 * vectors + 8 * rank * out + 4 * pair);
    }

    void a_classifiers_head_is_counted() {
        const Savings without = savings_of(bench_.loaded.summary, bench_.plain_settings());
        const Savings with = savings_of(bench_.loaded.summary, bench_.plain_settings(), 3);
        QCOMPARE(with.trainable - without.trainable, 3 * (bench_.loaded.summary.hidden_size + 1));
        QCOMPARE(with.adapter_bytes - without.adapter_bytes, 4 * (with.trainable - without.trainable));
    }
};

QTEST_GUILESS_MAIN(RunSavingsTest)
#include "run_savings_test.moc"

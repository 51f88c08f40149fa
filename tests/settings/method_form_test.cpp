// What a form for methods follows: each one's fields, and what becomes of settings when another is chosen.

#include "engine/settings/method_fields.h"
#include "engine/settings/method_switch.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

/// As a window begins: not the command's own numbers.
RunSettings begun() {
    RunSettings settings;
    settings.model = "model";
    settings.data.train = "train.jsonl";
    settings.lora.rank = 4;
    settings.lora.selection = {"q_proj", "0-3"};
    settings.training.lr = 2e-3;
    settings.training.spectrum_every = 2;
    return settings;
}

const MethodField& field(const std::string& option) {
    for (const MethodField& each : method_fields())
        if (each.option == option) return each;
    throw std::logic_error("no such field");
}

} // namespace

class MethodFormTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_method_can_be_chosen_and_started_with() {
        for (const MethodKind kind : method_kinds()) {
            MethodSwitch chosen;
            const RunSettings settings = chosen.to(kind, begun());
            QCOMPARE(settings.method, kind);
            QVERIFY2(faults(settings).empty(), name(kind).c_str());
        }
    }

    void going_from_any_method_to_any_other_leaves_no_fault() {
        for (const MethodKind from : method_kinds())
            for (const MethodKind to : method_kinds()) {
                MethodSwitch chosen;
                const RunSettings settings = chosen.to(to, chosen.to(from, begun()));
                QVERIFY2(faults(settings).empty(), (name(from) + " to " + name(to)).c_str());
            }
    }

    void full_fine_tuning_takes_its_own_targets_rate_and_spectra() {
        MethodSwitch chosen;
        const RunSettings full = chosen.to(MethodKind::Full, begun());
        QCOMPARE(full.lora.selection, (TargetSelection{"everything", ""}));
        QCOMPARE(full.training.lr, 2e-5);
        QCOMPARE(full.training.spectrum_every, 0);
        QCOMPARE(full.training.batch, begun().training.batch);
    }

    void coming_back_brings_what_was_set() {
        MethodSwitch chosen;
        RunSettings full = chosen.to(MethodKind::Full, begun());
        full.training.lr = 1e-4;
        const RunSettings back = chosen.to(MethodKind::Lora, full);
        QCOMPARE(back, begun());
        QCOMPARE(chosen.to(MethodKind::Full, back).training.lr, 1e-4);
    }

    void vera_takes_its_high_rank_and_gives_it_back() {
        MethodSwitch chosen;
        const RunSettings vera = chosen.to(MethodKind::Vera, begun());
        QCOMPARE(vera.lora.rank, 256);
        QCOMPARE(chosen.to(MethodKind::Lora, vera).lora.rank, begun().lora.rank);
    }

    void what_two_methods_begin_alike_is_kept() {
        MethodSwitch chosen;
        RunSettings settings = chosen.to(MethodKind::RsLora, begun());
        settings.lora.rank = 64;
        settings.training.lr = 5e-4;
        const RunSettings back = chosen.to(MethodKind::Lora, settings);
        QCOMPARE(back.lora.rank, 64);
        QCOMPARE(back.training.lr, 5e-4);
    }

    void a_number_of_the_method_that_is_left_goes_back_to_its_start() {
        MethodSwitch chosen;
        RunSettings plus = chosen.to(MethodKind::LoraPlus, begun());
        plus.method_settings.loraplus_lr_ratio = 4;
        QCOMPARE(chosen.to(MethodKind::Lora, plus).method_settings, MethodSettings{});
        QCOMPARE(chosen.to(MethodKind::LoraPlus, begun()).method_settings.loraplus_lr_ratio, 4.0);
    }

    void what_the_new_method_refuses_stays_and_is_said() {
        RunSettings settings = begun();
        settings.lora.dropout = 0.1;
        MethodSwitch chosen;
        const std::vector<std::string> said = faults(chosen.to(MethodKind::Pissa, settings));
        QCOMPARE(said.size(), std::size_t{1});
        QVERIFY(said.front().starts_with("dropout: does not go with the method pissa"));
    }

    void a_field_gives_back_what_was_put_in() {
        RunSettings settings;
        for (const MethodField& each : method_fields()) {
            FieldValue other = each.get(settings);
            if (auto* count = std::get_if<std::int64_t>(&other)) *count += 3;
            if (auto* number = std::get_if<double>(&other)) *number += 0.5;
            if (auto* word = std::get_if<std::string>(&other)) *word = each.words.back();
            if (auto* flag = std::get_if<bool>(&other)) *flag = !*flag;
            QVERIFY(other != each.get(settings));
            each.set(settings, other);
            QVERIFY(other == each.get(settings));
        }
        QVERIFY(settings.method_settings.adalora != AdaLoraSettings{});
        QVERIFY(settings.method_settings.eva != EvaSettings{});
        QVERIFY(settings.subspace != SubspaceSettings{});
    }

    void a_field_is_its_methods_own() {
        QVERIFY(has_field(MethodKind::LoraPlus, field("loraplus-lr-ratio")));
        QVERIFY(!has_field(MethodKind::Lora, field("loraplus-lr-ratio")));
        QVERIFY(has_field(MethodKind::UniLora, field("subspace-dimension")));
        QVERIFY(!has_field(MethodKind::UniLora, field("said")));
        QVERIFY(has_field(MethodKind::Subspace, field("said")));
        for (const MethodField& each : method_fields()) QVERIFY(!has_field(MethodKind::Lora, each));
    }

    void the_scale_is_counted_as_the_method_does() {
        RunSettings settings; // rank 8, α 16
        QCOMPARE(update_scale(settings).value, 2.0);
        settings.method = MethodKind::RsLora;
        QCOMPARE(update_scale(settings).value, 16 / std::sqrt(8.0));
        settings.method = MethodKind::AdaLora; // twelve directions at first
        QCOMPARE(update_scale(settings).value, 16.0 / 12);
    }

    void a_method_takes_of_the_shared_settings_what_it_does_not_refuse() {
        QCOMPARE(shared_fields(MethodKind::Lora), SharedFields{});
        QCOMPARE(shared_fields(MethodKind::Full), (SharedFields{.rank = false,
                                                      .alpha = false,
                                                      .dropout = false,
                                                      .init = false,
                                                      .adapter = false,
                                                      .gradient_checkpointing = false}));
        QCOMPARE(shared_fields(MethodKind::Pissa),
            (SharedFields{.dropout = false, .init = false, .adapter = false}));
        QVERIFY(shared_fields(MethodKind::LoraXs).dropout);
    }
};

QTEST_GUILESS_MAIN(MethodFormTest)
#include "method_form_test.moc"

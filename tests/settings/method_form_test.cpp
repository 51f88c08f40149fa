// What a form for methods follows: each one's fields, and what becomes of settings when another is chosen.

#include "engine/settings/method_switch.h"
#include "engine/settings/settings.h"

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
        const std::vector<Fault> said = faults(chosen.to(MethodKind::Pissa, settings));
        QCOMPARE(said.size(), std::size_t{1});
        QCOMPARE(said.front().setting, std::string("lora.dropout"));
    }

    void a_setting_is_its_methods_own() {
        const std::string ratio = "method_settings.loraplus_lr_ratio";
        QVERIFY(has_setting(MethodKind::LoraPlus, ratio));
        QVERIFY(!has_setting(MethodKind::Lora, ratio));
        QVERIFY(has_setting(MethodKind::UniLora, "subspace.dimension"));
        QVERIFY(!has_setting(MethodKind::UniLora, "subspace.said"));
        QVERIFY(has_setting(MethodKind::Subspace, "subspace.said"));
    }

    void the_scale_is_counted_as_the_method_does() {
        RunSettings settings; // rank 8, α 16
        QCOMPARE(sheet_of(settings.method).scale(settings).value, 2.0);
        settings.method = MethodKind::RsLora;
        QCOMPARE(sheet_of(settings.method).scale(settings).value, 16 / std::sqrt(8.0));
        settings.method = MethodKind::AdaLora; // twelve directions at first
        QCOMPARE(sheet_of(settings.method).scale(settings).value, 16.0 / 12);
    }

    void a_method_has_of_the_shared_settings_what_it_does_not_refuse() {
        for (const char* path : {"lora.rank", "lora.alpha", "lora.dropout", "lora.init", "lora.adapter",
                 "training.gradient_checkpointing"}) {
            QVERIFY(has_setting(MethodKind::Lora, path));
            QVERIFY(!has_setting(MethodKind::Full, path));
            QVERIFY(!has_setting(MethodKind::Subspace, path));
        }
        QVERIFY(
            has_setting(MethodKind::Pissa, "lora.rank") && !has_setting(MethodKind::Pissa, "lora.dropout"));
        QVERIFY(has_setting(MethodKind::LoraXs, "lora.dropout"));
        QVERIFY(has_setting(MethodKind::Vera, "lora.rank") && !has_setting(MethodKind::Vera, "lora.alpha"));
    }
};

QTEST_GUILESS_MAIN(MethodFormTest)
#include "method_form_test.moc"

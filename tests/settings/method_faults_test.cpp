// Settings that a method refuses, each with its reason.

#include "engine/settings/settings.h"
#include "engine/settings/wording.h"

#include <QTest>
#include <functional>
#include <limits>

using namespace lora;

namespace {

RunSettings usual(MethodKind kind) {
    RunSettings settings = defaults_of(kind);
    settings.model = "model";
    settings.data.train = "train.jsonl";
    return settings;
}

/// Of the settings that the method begins with and this change: "--dropout: found …"; empty where all is
/// well.
std::string first_fault(MethodKind kind, const std::function<void(RunSettings&)>& change) {
    RunSettings settings = usual(kind);
    change(settings);
    const auto said = faults(settings);
    return said.empty() ? "" : in_options(sentence(said.front()));
}

bool begins(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

} // namespace

class MethodFaultsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_usual_settings_go_with_every_method() {
        for (const MethodKind kind : method_kinds()) QVERIFY(faults(usual(kind)).empty());
    }

    void a_number_of_another_method_is_refused() {
        const auto ratio = [](RunSettings& s) { s.method_settings.loraplus_lr_ratio = 8; };
        QCOMPARE(first_fault(MethodKind::Lora, ratio),
            std::string("--loraplus-lr-ratio: found 8, expected 16 with --method lora; it belongs to LoRA+"));
        QVERIFY(first_fault(MethodKind::LoraPlus, ratio).empty());
        const auto d = [](RunSettings& s) { s.subspace.dimension = 8; };
        QVERIFY(first_fault(MethodKind::Lora, d).ends_with("it belongs to Uni-LoRA and Random subspace"));
    }

    void every_number_of_a_method_is_its_own() {
        const auto refused = [](MethodKind kind, const std::function<void(RunSettings&)>& change) {
            return !first_fault(kind, change).empty();
        };
        QVERIFY(refused(MethodKind::Lora, [](RunSettings& s) { s.method_settings.adalora.init_r = 16; }));
        QVERIFY(!refused(MethodKind::AdaLora, [](RunSettings& s) { s.method_settings.adalora.init_r = 16; }));
        QVERIFY(refused(MethodKind::AdaLora, [](RunSettings& s) { s.method_settings.eva.rho = 1; }));
        QVERIFY(!refused(MethodKind::Eva, [](RunSettings& s) { s.method_settings.eva.rho = 1; }));
        QVERIFY(refused(MethodKind::UniLora, [](RunSettings& s) { s.subspace.said = true; }));
        QVERIFY(!refused(MethodKind::Subspace, [](RunSettings& s) { s.subspace.said = true; }));
    }

    void adaloras_numbers_have_their_ranges() {
        const auto fault = [](auto change) {
            return first_fault(
                MethodKind::AdaLora, [&](RunSettings& s) { change(s.method_settings.adalora); });
        };
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.init_r = 7; }),
            "--adalora-init-r: found 7, expected at least --rank"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.tinit = -1; }), "--adalora-tinit: found -1"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.tfinal = -1; }), "--adalora-tfinal: found -1"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.deltaT = 0; }), "--adalora-delta-t: found 0"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.beta1 = 1; }),
            "--adalora-beta1: found 1, expected a number between 0 and 1"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.beta2 = 0; }), "--adalora-beta2: found 0"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.orth_reg_weight = -1; }),
            "--adalora-orth-reg-weight: found -1"));
        QVERIFY(begins(first_fault(MethodKind::AdaLora,
                           [](RunSettings& s) {
                               s.lora.rank_pattern = {{"q", 2}};
                           }),
            "--rank-pattern: found q=2, expected none with --method adalora"));
    }

    void evas_numbers_have_their_ranges() {
        const auto fault = [](auto change) {
            return first_fault(MethodKind::Eva, [&](RunSettings& s) { change(s.method_settings.eva); });
        };
        QVERIFY(begins(fault([](EvaSettings& s) { s.rho = 0.5; }), "--eva-rho: found 0.5"));
        QVERIFY(begins(fault([](EvaSettings& s) { s.tau = 1.5; }), "--eva-tau: found 1.5, expected 0 to 1"));
    }

    void a_ratio_has_to_be_above_zero() {
        for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity()})
            QVERIFY(first_fault(MethodKind::LoraPlus,
                        [&](RunSettings& s) { s.method_settings.loraplus_lr_ratio = bad; })
                        .find("expected a number above 0")
                    != std::string::npos);
    }

    void vera_takes_one_rank_and_no_scale_or_other_start() {
        const auto fault = [](const std::function<void(LoraSettings&)>& change) {
            return first_fault(MethodKind::Vera, [&](RunSettings& s) { change(s.lora); });
        };
        QVERIFY(begins(fault([](LoraSettings& s) { s.rank_pattern = {{"q_proj", 4}}; }), "--rank-pattern: "));
        QVERIFY(begins(fault([](LoraSettings& s) {
            s.alpha_pattern = {{"q_proj", 4}};
        }),
            "--alpha-pattern: "));
        QVERIFY(begins(fault([](LoraSettings& s) { s.alpha = 3; }), "--alpha: "));
        QVERIFY(begins(fault([](LoraSettings& s) { s.adapter = "an adapter"; }), "--adapter: "));
        QVERIFY(begins(fault([](LoraSettings& s) { s.init = InitialA::Gaussian; }), "--init: "));
        QVERIFY(fault([](LoraSettings& s) { s.alpha = LoraSettings{}.alpha; }).empty());
    }

    void a_first_d_is_not_zero() {
        const auto d = [](double value) {
            return [value](RunSettings& s) { s.method_settings.d_initial = value; };
        };
        QVERIFY(first_fault(MethodKind::Vera, d(0.2)).empty());
        QVERIFY(first_fault(MethodKind::Vera, d(-0.2)).empty());
        for (const double bad : {0.0, std::numeric_limits<double>::infinity()})
            QVERIFY(begins(first_fault(MethodKind::Vera, d(bad)), "--d-initial: found "));
    }

    void dora_takes_what_lora_takes() {
        const auto change = [](RunSettings& s) {
            s.lora.dropout = 0.1;
            s.lora.adapter = "an adapter";
        };
        QVERIFY(first_fault(MethodKind::Dora, change).empty());
    }

    void a_start_from_the_weights_takes_no_other_start() {
        for (const MethodKind kind : {MethodKind::Pissa, MethodKind::Olora, MethodKind::Eva,
                 MethodKind::AdaLora, MethodKind::LoraXs}) {
            QVERIFY(begins(
                first_fault(kind, [](RunSettings& s) { s.lora.adapter = "an adapter"; }), "--adapter: "));
            QVERIFY(begins(
                first_fault(kind, [](RunSettings& s) { s.lora.init = InitialA::Gaussian; }), "--init: "));
        }
        QVERIFY(first_fault(MethodKind::RsLora, [](RunSettings& s) {
            s.lora.init = InitialA::Gaussian;
        }).empty());
    }

    void a_held_start_takes_no_dropout() {
        for (const MethodKind kind : {MethodKind::Pissa, MethodKind::Olora})
            QVERIFY(begins(first_fault(kind, [](RunSettings& s) { s.lora.dropout = 0.1; }), "--dropout: "));
        QVERIFY(first_fault(MethodKind::LoraXs, [](RunSettings& s) { s.lora.dropout = 0.1; }).empty());
    }

    void what_trains_weights_takes_nothing_of_an_adapter() {
        for (const MethodKind kind : {MethodKind::Full, MethodKind::Subspace}) {
            QVERIFY(begins(first_fault(kind, [](RunSettings& s) { s.lora.adapter = "an adapter"; }),
                "--adapter: found 'an adapter', expected none with --method " + name(kind)));
            QVERIFY(
                begins(first_fault(kind, [](RunSettings& s) { s.training.gradient_checkpointing = true; }),
                    "--gradient-checkpointing: found on, expected off"));
        }
    }
};

QTEST_GUILESS_MAIN(MethodFaultsTest)
#include "method_faults_test.moc"

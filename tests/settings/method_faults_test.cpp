// Settings that a method refuses, each with its reason.

#include "engine/method_sheets/method_faults.h"

#include <QTest>
#include <functional>
#include <limits>

using namespace lora;

namespace {

struct Chosen {
    MethodSettings settings;
    LoraSettings lora;
};

std::string first_fault(MethodKind kind, const std::function<void(Chosen&)>& change) {
    Chosen chosen;
    change(chosen);
    const auto faults = method_faults(kind, chosen.settings, chosen.lora);
    return faults.empty() ? "" : faults.front();
}

bool begins(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

} // namespace

class MethodFaultsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_usual_settings_go_with_every_method() {
        for (const MethodKind kind : method_kinds()) QVERIFY(method_faults(kind, {}, {}).empty());
    }

    void every_method_says_what_it_does() {
        for (const MethodKind kind : method_kinds()) {
            QVERIFY(!title(kind).empty());
            QVERIFY(about(kind).ends_with('.'));
        }
    }

    void a_number_of_another_method_is_refused() {
        const auto ratio = [](Chosen& c) { c.settings.loraplus_lr_ratio = 8; };
        QVERIFY(begins(
            first_fault(MethodKind::Lora, ratio), "loraplus-lr-ratio: does not go with the method lora"));
        QVERIFY(first_fault(MethodKind::LoraPlus, ratio).empty());
    }

    void adalora_keeps_its_numbers_to_itself() {
        const auto first = [](Chosen& c) { c.settings.adalora.init_r = 16; };
        QVERIFY(begins(first_fault(MethodKind::Lora, first), "adalora-init-r and its like: does not go"));
        QVERIFY(first_fault(MethodKind::AdaLora, first).empty());
    }

    void adaloras_numbers_have_their_ranges() {
        const auto fault = [](auto change) {
            return first_fault(MethodKind::AdaLora, [&](Chosen& c) { change(c.settings.adalora); });
        };
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.init_r = 7; }), "adalora-init-r: expected"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.tinit = -1; }), "adalora-tinit: expected"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.tfinal = -1; }), "adalora-tfinal: expected"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.deltaT = 0; }), "adalora-delta-t: expected"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.beta1 = 1; }), "adalora-beta1: expected"));
        QVERIFY(begins(fault([](AdaLoraSettings& s) { s.beta2 = 0; }), "adalora-beta2: expected"));
        QVERIFY(
            begins(fault([](AdaLoraSettings& s) { s.orth_reg_weight = -1; }), "adalora-orth-reg-weight: "));
        QVERIFY(begins(first_fault(MethodKind::AdaLora,
                           [](Chosen& c) {
                               c.lora.rank_pattern = {{"q", 2}};
                           }),
            "rank-pattern or alpha-pattern: "));
    }

    void eva_keeps_its_numbers_to_itself_and_they_have_their_ranges() {
        const auto rho = [](Chosen& c) { c.settings.eva.rho = 1; };
        QVERIFY(begins(first_fault(MethodKind::AdaLora, rho), "eva-rho or eva-tau: does not go"));
        QVERIFY(first_fault(MethodKind::Eva, rho).empty());
        QVERIFY(begins(
            first_fault(MethodKind::Eva, [](Chosen& c) { c.settings.eva.rho = 0.5; }), "eva-rho: expected"));
        QVERIFY(begins(
            first_fault(MethodKind::Eva, [](Chosen& c) { c.settings.eva.tau = 1.5; }), "eva-tau: expected"));
    }

    void a_ratio_has_to_be_above_zero() {
        for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity()})
            QVERIFY(begins(
                first_fault(MethodKind::LoraPlus, [&](Chosen& c) { c.settings.loraplus_lr_ratio = bad; }),
                "loraplus-lr-ratio: expected a number above 0"));
    }

    void vera_takes_one_rank_and_no_scale_or_other_start() {
        const auto fault = [](const std::function<void(Chosen&)>& change) {
            return first_fault(MethodKind::Vera, change);
        };
        QVERIFY(begins(fault([](Chosen& c) { c.lora.rank_pattern = {{"q_proj", 4}}; }), "rank_pattern: "));
        QVERIFY(begins(fault([](Chosen& c) { c.lora.alpha_pattern = {{"q_proj", 4}}; }), "alpha_pattern: "));
        QVERIFY(begins(fault([](Chosen& c) { c.lora.alpha = 3; }), "alpha: "));
        QVERIFY(begins(fault([](Chosen& c) { c.lora.adapter = "an adapter"; }), "adapter: "));
        QVERIFY(begins(fault([](Chosen& c) { c.lora.init = InitialA::Gaussian; }), "init: "));
        const auto high = [](Chosen& c) {
            c.lora.rank = 256;
            c.lora.alpha = 512;
        };
        QVERIFY(fault(high).empty());
    }

    void a_first_d_is_veras_own_and_not_zero() {
        const auto d = [](double value) { return [value](Chosen& c) { c.settings.d_initial = value; }; };
        QVERIFY(begins(first_fault(MethodKind::Lora, d(0.2)), "d-initial: does not go with the method lora"));
        QVERIFY(first_fault(MethodKind::Vera, d(0.2)).empty());
        for (const double bad : {0.0, std::numeric_limits<double>::infinity()})
            QVERIFY(
                begins(first_fault(MethodKind::Vera, d(bad)), "d-initial: expected a number that is not 0"));
    }

    void dora_takes_what_lora_takes() {
        const auto change = [](Chosen& c) {
            c.lora.dropout = 0.1;
            c.lora.adapter = "an adapter";
        };
        QVERIFY(first_fault(MethodKind::Dora, change).empty());
    }

    void a_start_from_the_weights_takes_no_other_start() {
        for (const MethodKind kind : {MethodKind::Pissa, MethodKind::Olora, MethodKind::Eva,
                 MethodKind::AdaLora, MethodKind::LoraXs}) {
            QVERIFY(begins(first_fault(kind, [](Chosen& c) { c.lora.adapter = "an adapter"; }), "adapter: "));
            QVERIFY(begins(first_fault(kind, [](Chosen& c) { c.lora.init = InitialA::Gaussian; }), "init: "));
        }
        QVERIFY(first_fault(MethodKind::RsLora, [](Chosen& c) { c.lora.init = InitialA::Gaussian; }).empty());
    }

    void a_held_start_takes_no_dropout() {
        for (const MethodKind kind : {MethodKind::Pissa, MethodKind::Olora})
            QVERIFY(begins(first_fault(kind, [](Chosen& c) { c.lora.dropout = 0.1; }), "dropout: "));
        QVERIFY(first_fault(MethodKind::LoraXs, [](Chosen& c) { c.lora.dropout = 0.1; }).empty());
    }
};

QTEST_GUILESS_MAIN(MethodFaultsTest)
#include "method_faults_test.moc"

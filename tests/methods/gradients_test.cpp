// Every method's adjoint against differences of the loss in its parameters, in float64.

#include "engine/method_sheets/method_sheet.h"
#include "tests/methods/method_bench.h"

#include <QTest>

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

using namespace lora;

class GradientsTest : public QObject {
    Q_OBJECT

    MethodBench bench_;

    /// Moves the parameters off their start, where gradients may be zero.
    static void scatter(Method& method) {
        at::Generator random = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{9});
        for (ParameterGroup& group : method.parameters())
            group.values.add_(at::empty_like(group.values).normal_(0, 0.05, random));
        method.apply();
    }

    /// DoRA's gradients hold the norm constant: its parameters are the model's own, so that without apply()
    /// they act and the norm stays.
    double loss_at(Method& method, double* value, double there) const {
        const double before = *value;
        *value = there;
        if (!method.adapter().has_magnitudes()) method.apply();
        const double loss = bench_.loss().item<double>();
        *value = before;
        return loss;
    }

    double largest_difference(Method& method, const ParameterGroup& group) const {
        constexpr double h = 1e-5;
        const c10::NoGradGuard no_gradient;
        double largest = 0;
        auto* values = group.values.mutable_data_ptr<double>();
        const auto* gradients = group.gradients.const_data_ptr<double>();
        for (std::int64_t i = 0; i < group.values.numel(); ++i) {
            const double slope =
                (loss_at(method, values + i, values[i] + h) - loss_at(method, values + i, values[i] - h))
                / (2 * h);
            largest = std::max(largest, std::abs(slope - gradients[i]));
        }
        return largest;
    }

private Q_SLOTS:
    void gradients_equal_numeric_ones_data() {
        QTest::addColumn<QString>("word");
        for (const MethodKind kind : method_kinds()) {
            const std::string word = name(kind);
            QTest::newRow(word.c_str()) << QString::fromStdString(word);
        }
    }
    void gradients_equal_numeric_ones() {
        QFETCH(QString, word);
        const auto method = make_method(bench_.start(method_kind(word.toStdString())), *bench_.loaded.model);
        {
            const c10::NoGradGuard no_gradient;
            scatter(*method);
        }
        bench_.loss().backward();
        bench_.loss().backward(); // two pieces of a batch
        method->collect();
        for (ParameterGroup& group : method->parameters()) {
            group.gradients.mul_(0.5);
            QVERIFY(group.gradients.abs().max().item<double>() > 1e-2);
            QVERIFY(largest_difference(*method, group) < 1e-6);
        }
        method->collect(); // nothing is left on the model to be collected again
        for (const ParameterGroup& group : method->parameters())
            QVERIFY(largest_difference(*method, group) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(GradientsTest)
#include "gradients_test.moc"

// Products with all that follows them, against ATen in float64: by our own loops where the processor has what
// they need, and by ATen's operators, which stand in for them elsewhere.
#include "engine/kernels/product.h"
#include "engine/machine/processor.h"

#include <QTest>

#include <ATen/ATen.h>

using namespace lora;

namespace {

/// Of values near 1: float32 sums of some thousand terms, or one rounding to bfloat16's 8 bits.
double tolerance(at::ScalarType type) { return type == at::kFloat ? 3e-5 : 8e-3; }

at::Tensor wide(const at::Tensor& tensor) { return tensor.to(at::kDouble); }

double difference(const at::Tensor& found, const at::Tensor& expected) {
    return ((wide(found) - expected).abs() / expected.abs().clamp_min(1)).max().item<double>();
}

/// A matrix whose rows lie further apart than they are wide.
at::Tensor apart(std::int64_t rows, std::int64_t width, at::ScalarType type) {
    return at::randn({rows, width + 10}).to(type).narrow(1, 4, width);
}

/// The same values column by column: our loops pass such a weight on to ATen's operators.
at::Tensor for_operators(const at::Tensor& w) { return w.t().contiguous().t(); }

ProductEnd random_end(std::int64_t rows, std::int64_t columns, at::ScalarType type) {
    ProductEnd end{at::randn({columns}).to(type), at::randn({rows, columns}).to(type), {}};
    const std::int64_t first = columns / 3, rest = columns - first;
    if (first > 0) end.parts.push_back({at::randn({rows, 9}).narrow(1, 2, 3), at::randn({3, first}), 0});
    end.parts.push_back({at::randn({rows, 2}), at::randn({rest, 2}).t(), first, 0.7});
    return end;
}

at::Tensor with_end(at::Tensor y, const ProductEnd& end) {
    y = y + wide(end.bias) + wide(end.residual);
    for (const LowRankPart& part : end.parts)
        y.narrow(1, part.offset, part.factor.size(1))
            .add_(wide(part.inner).mm(wide(part.factor)) * part.scale);
    return y;
}

} // namespace

class ProductTest : public QObject {
    Q_OBJECT

    static void add_shapes() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("columns");
        QTest::addColumn<at::ScalarType>("type");
        const struct {
            const char* name;
            int rows, depth, columns;
        } shapes[] = {{"one row", 1, 64, 96}, {"less than a tile", 5, 30, 47},
            {"one more than a tile", 9, 2, 49}, {"a vector wide", 8, 100, 16}, {"one column", 67, 64, 1},
            {"two vectors more than a panel", 9, 66, 75}, {"an odd depth", 13, 33, 50},
            {"two blocks of depth", 20, 3100, 60}, {"many rows", 300, 70, 100}};
        for (const auto& [name, rows, depth, columns] : shapes)
            for (const at::ScalarType type : {at::kFloat, at::kBFloat16})
                QTest::addRow("%s, %s", name, at::toString(type)) << rows << depth << columns << type;
    }

private Q_SLOTS:
    void initTestCase() {
        if (!has_avx512()) qWarning("this processor has no AVX-512: our own products are not tested");
        if (!has_avx512_bf16())
            qWarning("this processor has no AVX-512 BF16: our own bfloat16 products are not");
    }

    // A chain of 3072 additions to one float32 is off by 3e-6 here, sums of short chains by a tenth.
    void a_long_depth_does_not_pile_up_rounding() {
        at::manual_seed(1);
        const at::Tensor x = at::rand({24, 3072}), w = at::rand({100, 3072});
        const at::Tensor expected = wide(x).mm(wide(w).t());
        const double worst = ((wide(product(x, w)) - expected) / expected).abs().max().item<double>();
        QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
    }

    void init() { at::manual_seed(3); }

    void a_product_and_all_that_follows_it_are_rounded_once_data() { add_shapes(); }
    void a_product_and_all_that_follows_it_are_rounded_once() {
        QFETCH(int, rows);
        QFETCH(int, depth);
        QFETCH(int, columns);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = apart(rows, depth, type), w = apart(columns, depth, type).div(8);
        const ProductEnd end = random_end(rows, columns, type);
        const at::Tensor expected = wide(x).mm(wide(w).t());
        QVERIFY(difference(product(x, w), expected) <= tolerance(type));
        // Where ATen stands in, each addition rounds.
        const bool stands_in = type == at::kBFloat16 && !has_avx512_bf16();
        const double roundings = stands_in ? 3 : 2;
        QVERIFY(difference(product(x, w, end), with_end(expected, end)) <= roundings * tolerance(type));
        QVERIFY(difference(product(x, for_operators(w)), expected) <= tolerance(type));
        QVERIFY(
            difference(product(x, for_operators(w), end), with_end(expected, end)) <= 3 * tolerance(type));
    }

    void a_product_with_the_turned_weight_is_the_same_data() { add_shapes(); }
    void a_product_with_the_turned_weight_is_the_same() {
        QFETCH(int, rows);
        QFETCH(int, depth);
        QFETCH(int, columns);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = apart(rows, depth, type), w = apart(depth, columns, type).div(8);
        const ProductEnd end = random_end(rows, columns, type);
        const at::Tensor expected = wide(x).mm(wide(w));
        QVERIFY(difference(product_transposed(x, w), expected) <= tolerance(type));
        QVERIFY(difference(product_transposed(x, w, end), with_end(expected, end)) <= 2 * tolerance(type));
        const at::Tensor others = for_operators(w);
        QVERIFY(
            difference(product_transposed(x, others, end), with_end(expected, end)) <= 3 * tolerance(type));
    }

    void narrow_and_outer_products_keep_float32s_precision_data() { add_shapes(); }
    void narrow_and_outer_products_keep_float32s_precision() {
        QFETCH(int, rows);
        QFETCH(int, depth);
        QFETCH(int, columns);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = apart(rows, depth, type);
        const at::Tensor a = at::randn({columns, depth}).div(8), b = at::randn({depth, columns}).div(8);
        const at::Tensor s = apart(rows, 11, at::kFloat);
        // Of a and b a bfloat16 product keeps 16 bits, and thousands of them are added up.
        const double close = type == at::kFloat ? 5e-5 : 2e-4;
        QCOMPARE(narrow_product(x, a).scalar_type(), at::kFloat);
        QVERIFY(difference(narrow_product(x, a), wide(x).mm(wide(a).t())) <= close);
        at::Tensor turned = at::zeros({rows, columns + 5}).narrow(1, 2, columns);
        narrow_product_transposed_into(turned, x, b, 0.3);
        QVERIFY(difference(turned, wide(x).mm(wide(b)) * 0.3) <= close);
        QVERIFY(difference(outer_product(s, x), wide(s).t().mm(wide(x))) <= 5e-5);
    }

    void a_product_into_a_part_of_a_buffer_leaves_the_rest() {
        const at::Tensor buffer = at::zeros({6, 80}), x = at::randn({6, 32}), w = at::randn({50, 32});
        at::Tensor y = buffer.narrow(1, 10, 50);
        product_into(y, x, w);
        QVERIFY(difference(y, wide(x).mm(wide(w).t())) <= 3e-5);
        QVERIFY(buffer.narrow(1, 0, 10).eq(0).all().item<bool>());
        QVERIFY(buffer.narrow(1, 60, 20).eq(0).all().item<bool>());
    }

    void not_a_number_is_not_hidden() {
        at::Tensor x = at::ones({9, 64}, at::kBFloat16);
        x[4][7] = std::numeric_limits<float>::quiet_NaN();
        const at::Tensor y = product(x, at::ones({50, 64}, at::kBFloat16));
        QVERIFY(at::isnan(y[4]).all().item<bool>());
        QVERIFY(at::isfinite(y[3]).all().item<bool>());
    }
};

QTEST_GUILESS_MAIN(ProductTest)
#include "product_test.moc"

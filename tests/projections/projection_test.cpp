// The random matrices of subspaces: each against itself as an explicit matrix, and Fastfood against its five
// factors.
#include "engine/error.h"
#include "engine/kernels/fastfood_loops.h"
#include "engine/kernels/random_bits.h"
#include "engine/projections/projection.h"

#include <QTest>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

using namespace lora;

namespace {

/// Pieces of odd sizes: smaller than a block of Fastfood, two and a bit, one row.
const ProjectionShape odd{{37, 2500, 1, 640}, 300};

const ProjectionKind all_kinds[] = {
    ProjectionKind::Fastfood, ProjectionKind::Dense, ProjectionKind::Sparse, ProjectionKind::Hashed};

at::Tensor product(const Projection& projection, const ProjectionShape& shape, const at::Tensor& x) {
    std::vector<at::Tensor> pieces;
    for (std::size_t piece = 0; piece < shape.rows.size(); ++piece) {
        at::Tensor y = at::zeros({shape.rows[piece]}, x.options());
        projection.add_product(piece, x, y);
        pieces.push_back(y);
    }
    return at::cat(pieces);
}

at::Tensor adjoint(const Projection& projection, const ProjectionShape& shape, const at::Tensor& y) {
    at::Tensor x = at::zeros({shape.columns}, y.options());
    std::int64_t row = 0;
    for (std::size_t piece = 0; piece < shape.rows.size(); ++piece) {
        projection.add_adjoint(piece, y.narrow(0, row, shape.rows[piece]), x);
        row += shape.rows[piece];
    }
    return x;
}

at::Tensor matrix(const Projection& projection, const ProjectionShape& shape) {
    std::vector<at::Tensor> columns;
    const at::Tensor unit_vectors = at::eye(shape.columns, at::kDouble);
    for (std::int64_t i = 0; i < shape.columns; ++i)
        columns.push_back(product(projection, shape, unit_vectors[i].contiguous()));
    return at::stack(columns, 1);
}

at::Tensor hadamard(std::int64_t n) {
    at::Tensor H = at::ones({1, 1}, at::kDouble);
    while (H.size(0) < n) H = at::cat({at::cat({H, H}, 1), at::cat({H, -H}, 1)});
    return H;
}

double largest(const at::Tensor& tensor) { return tensor.abs().max().item<double>(); }

void each_kind() {
    QTest::addColumn<ProjectionKind>("kind");
    for (const ProjectionKind kind : all_kinds) QTest::newRow(name(kind).c_str()) << kind;
}

/// Every path of the loops: below a vector, in registers, above.
void each_power_of_two(int largest_bits) {
    QTest::addColumn<int>("bits");
    for (int bits = 0; bits <= largest_bits; ++bits) QTest::addRow("2^%d", bits) << bits;
}

} // namespace

class ProjectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(5); }

    void the_transform_is_the_product_with_hadamards_matrix_data() { each_power_of_two(11); }
    void the_transform_is_the_product_with_hadamards_matrix() {
        QFETCH(int, bits);
        const std::int64_t n = std::int64_t{1} << bits;
        at::Tensor x = at::randn({n}, at::kDouble), as_float = x.to(at::kFloat);
        const at::Tensor expected = hadamard(n).mv(x);
        fastfood_loops<double>().walsh_hadamard(x.mutable_data_ptr<double>(), n);
        fastfood_loops<float>().walsh_hadamard(as_float.mutable_data_ptr<float>(), n);
        QVERIFY(largest(x - expected) < 1e-11);
        QVERIFY(largest(as_float - expected) < 2e-6 * std::sqrt(double(n)) * double(bits + 1));
    }

    // H·G·Π·H·B, each factor recovered from the block itself where H can be undone: H·V·B·H/n² must be G·Π,
    // one place in each row and column, with N(0, 1) there.
    void a_fastfood_block_is_transform_diagonal_permutation_transform_and_signs_data() {
        each_power_of_two(8);
    }
    void a_fastfood_block_is_transform_diagonal_permutation_transform_and_signs() {
        QFETCH(int, bits);
        const FastfoodBlock block{91, bits};
        const std::int64_t n = block.size();
        const auto& loops = fastfood_loops<double>();
        at::Tensor V = at::zeros({n, n}, at::kDouble), scratch = at::empty({2 * n}, at::kDouble);
        const at::Tensor eye = at::eye(n, at::kDouble);
        for (std::int64_t i = 0; i < n; ++i) {
            at::Tensor column = at::zeros({n}, at::kDouble);
            loops.forward(block, eye[i].contiguous().const_data_ptr<double>(), n, 1,
                column.mutable_data_ptr<double>(), n, scratch.mutable_data_ptr<double>());
            V.select(1, i).copy_(column);
        }
        at::Tensor signs = at::empty({n}, at::kDouble);
        const RandomStream stream = random_stream(block.seed, 0, 0);
        for (std::int64_t i = 0; i < n; ++i)
            signs[i] = random_bits(stream, static_cast<std::uint32_t>(i)) >> 31 ? -1. : 1.;
        const at::Tensor H = hadamard(n);
        const at::Tensor GP = H.mm(V).mul(signs).mm(H).div(double(n) * double(n));
        const at::Tensor places = GP.abs() > 1e-9;
        QVERIFY(at::equal(places.sum(0), at::ones({n}, at::kLong)));
        QVERIFY(at::equal(places.sum(1), at::ones({n}, at::kLong)));
        const double squares = GP.square().sum().item<double>();
        const double told = loops.gaussian_squares(block, scratch.mutable_data_ptr<double>());
        QVERIFY(std::abs(squares - told) < 1e-9 * told);
    }

    void gaussians_of_a_block_are_normal() {
        const RandomStream stream = random_stream(3, 0, 1);
        constexpr std::int64_t pairs = 1 << 17;
        at::Tensor values = at::empty({2 * pairs}, at::kDouble);
        double* const to = values.mutable_data_ptr<double>();
        for (std::uint32_t i = 0; i < pairs; ++i) {
            const NormalPair pair = normal_pair(stream, i);
            to[2 * i] = static_cast<double>(pair.first);
            to[2 * i + 1] = static_cast<double>(pair.second);
        }
        // Each within five standard errors of 262,144 draws.
        QVERIFY(std::abs(values.mean().item<double>()) < 5 / 512.);
        QVERIFY(std::abs(values.square().mean().item<double>() - 1) < 5 * std::sqrt(2.) / 512);
        QVERIFY(std::abs(values.pow(4).mean().item<double>() - 3) < 5 * std::sqrt(96.) / 512);
        const auto share = [&](double bound) {
            return (values.abs() < bound).to(at::kDouble).mean().item<double>();
        };
        for (const double bound : {0.5, 1., 2., 3.})
            QVERIFY(std::abs(share(bound) - std::erf(bound / std::sqrt(2.))) < 2.5 / 512);
    }

    // Only a permutation keeps the energy that G gives: ‖V·e‖² = L · ΣG² for every unit vector e.
    void a_permutation_of_a_large_block_hits_every_place_once() {
        const FastfoodBlock block{7, 15};
        const std::int64_t n = block.size();
        const auto& loops = fastfood_loops<double>();
        at::Tensor x = at::zeros({n}, at::kDouble), y = at::zeros({n}, at::kDouble);
        at::Tensor scratch = at::empty({2 * n}, at::kDouble);
        double* const working = scratch.mutable_data_ptr<double>();
        x[11] = 1;
        loops.forward(block, x.const_data_ptr<double>(), n, 1, y.mutable_data_ptr<double>(), n, working);
        const double expected = double(n) * loops.gaussian_squares(block, working);
        QVERIFY(std::abs(y.square().sum().item<double>() - expected) < 1e-9 * expected);
    }

    void the_adjoint_is_the_transpose_data() { each_kind(); }
    void the_adjoint_is_the_transpose() {
        QFETCH(ProjectionKind, kind);
        for (const std::int64_t columns : {1L, 2L, 300L, 1500L}) {
            const ProjectionShape shape{odd.rows, columns};
            const auto projection = make_projection(kind, shape, 17);
            const at::Tensor x = at::randn({columns}, at::kDouble);
            const at::Tensor y = at::randn({shape.total_rows()}, at::kDouble);
            const double forward = product(*projection, shape, x).dot(y).item<double>();
            const double back = adjoint(*projection, shape, y).dot(x).item<double>();
            const double size = x.norm().item<double>() * y.norm().item<double>();
            QVERIFY2(std::abs(forward - back) < 1e-13 * size, qPrintable(QString::number(forward - back)));
        }
    }

    void products_and_adjoints_add_to_what_is_there_data() { each_kind(); }
    void products_and_adjoints_add_to_what_is_there() {
        QFETCH(ProjectionKind, kind);
        const auto projection = make_projection(kind, odd, 17);
        const at::Tensor x = at::randn({odd.columns}, at::kDouble), from = at::randn({2500}, at::kDouble);
        at::Tensor y = at::zeros({2500}, at::kDouble), x_sum = at::zeros({odd.columns}, at::kDouble);
        projection->add_product(1, x, y);
        projection->add_adjoint(1, from, x_sum);
        at::Tensor y_there = at::ones_like(y), x_there = at::ones_like(x_sum);
        projection->add_product(1, x, y_there);
        projection->add_adjoint(1, from, x_there);
        QVERIFY(largest(y_there - y - 1) < 1e-14);
        QVERIFY(largest(x_there - x_sum - 1) < 1e-13);
    }

    // The blocks of Fastfood that a piece cuts off leave a column's length to chance; the others are exact.
    void columns_have_length_one_data() { each_kind(); }
    void columns_have_length_one() {
        QFETCH(ProjectionKind, kind);
        const auto projection = make_projection(kind, odd, 23);
        const at::Tensor lengths = matrix(*projection, odd).norm(2, 0);
        const double tolerance = kind == ProjectionKind::Fastfood ? 0.05 : 1e-6;
        QVERIFY2(largest(lengths - 1) < tolerance, qPrintable(QString::number(largest(lengths - 1))));
        QVERIFY(std::abs(lengths.mean().item<double>() - 1) < 2e-3);
    }

    void columns_of_whole_fastfood_blocks_have_length_one_exactly() {
        const ProjectionShape shape{{4096, 1024}, 100};
        const at::Tensor lengths =
            matrix(*make_projection(ProjectionKind::Fastfood, shape, 2), shape).norm(2, 0);
        QVERIFY2(largest(lengths - 1) < 1e-12, qPrintable(QString::number(largest(lengths - 1))));
    }

    // For random unit vectors in D dimensions, products have a standard deviation of 1/√D.
    void columns_are_nearly_orthogonal_data() { each_kind(); }
    void columns_are_nearly_orthogonal() {
        QFETCH(ProjectionKind, kind);
        const at::Tensor P = matrix(*make_projection(kind, odd, 29), odd);
        const at::Tensor products = P.t().mm(P) - at::eye(odd.columns, at::kDouble);
        const double deviation =
            std::sqrt(products.square().sum().item<double>() / double(odd.columns * (odd.columns - 1)));
        QVERIFY2(deviation < 1.5 / std::sqrt(double(odd.total_rows())),
            qPrintable(QString::number(deviation * std::sqrt(double(odd.total_rows())))));
    }

    // θ_d longer than a piece's block is cut by the code that Fastfood for language models is known from.
    void no_part_of_a_long_vector_is_cut_off_where_a_piece_is_small() {
        const ProjectionShape shape{{16, 3000}, 200};
        const auto projection = make_projection(ProjectionKind::Fastfood, shape, 31);
        for (const std::int64_t at : {0L, 16L, 100L, 199L}) {
            at::Tensor x = at::zeros({200}, at::kDouble), y = at::zeros({16}, at::kDouble);
            x[at] = 1;
            projection->add_product(0, x, y);
            QVERIFY(y.norm().item<double>() > 0);
        }
    }

    void the_same_seed_gives_the_same_matrix_and_another_one_another_data() { each_kind(); }
    void the_same_seed_gives_the_same_matrix_and_another_one_another() {
        QFETCH(ProjectionKind, kind);
        const at::Tensor x = at::randn({odd.columns});
        const at::Tensor y = product(*make_projection(kind, odd, 1), odd, x);
        QVERIFY(at::equal(y, product(*make_projection(kind, odd, 1), odd, x)));
        QVERIFY(largest(y - product(*make_projection(kind, odd, 2), odd, x)) > 1e-3);
    }

    void results_do_not_depend_on_the_number_of_threads_data() {
        QTest::addColumn<ProjectionKind>("kind");
        // A dense product is the mathematics library's, which shares its sums out by threads.
        for (const ProjectionKind kind : all_kinds)
            if (kind != ProjectionKind::Dense) QTest::newRow(name(kind).c_str()) << kind;
    }
    void results_do_not_depend_on_the_number_of_threads() {
        QFETCH(ProjectionKind, kind);
        const int threads = at::get_num_threads();
        const ProjectionShape shape{{70'000}, 500};
        const auto projection = make_projection(kind, shape, 3);
        const at::Tensor x = at::randn({500}), y = at::randn({70'000});
        const at::Tensor forward = product(*projection, shape, x), back = adjoint(*projection, shape, y);
        at::set_num_threads(1);
        const at::Tensor forward_alone = product(*projection, shape, x);
        const at::Tensor back_alone = adjoint(*projection, shape, y);
        at::set_num_threads(threads);
        QVERIFY(at::equal(forward, forward_alone));
        QVERIFY(at::equal(back, back_alone));
    }

    void float_results_are_those_of_double_data() { each_kind(); }
    void float_results_are_those_of_double() {
        QFETCH(ProjectionKind, kind);
        const auto projection = make_projection(kind, odd, 37);
        const at::Tensor x = at::randn({odd.columns}), y = at::randn({odd.total_rows()});
        const auto near = [](const at::Tensor& found, const at::Tensor& expected) {
            return ((found - expected).norm() / expected.norm()).item<double>()
                   < 3e-6; // sums of 3,178 floats
        };
        QVERIFY(near(product(*projection, odd, x), product(*projection, odd, x.to(at::kDouble))));
        QVERIFY(near(adjoint(*projection, odd, y), adjoint(*projection, odd, y.to(at::kDouble))));
    }

    void what_is_not_dense_needs_next_to_no_memory() {
        const ProjectionShape shape{{1 << 20, 1 << 18}, 1000};
        QVERIFY(make_projection(ProjectionKind::Fastfood, shape, 1)->size_bytes() < 1024);
        QVERIFY(make_projection(ProjectionKind::Sparse, shape, 1)->size_bytes() < 1024);
        QVERIFY(make_projection(ProjectionKind::Hashed, shape, 1)->size_bytes() < 8 * 1000 + 1024);
        const ProjectionShape small{{1000, 24}, 10};
        QCOMPARE(make_projection(ProjectionKind::Dense, small, 1)->size_bytes(), 4 * 1024 * 10);
        QCOMPARE(projection_bytes(ProjectionKind::Dense, 1024, 10), 4 * 1024 * 10);
        QCOMPARE(projection_bytes(ProjectionKind::Hashed, 1024, 10), 8 * 10);
    }

    void a_dimension_out_of_range_is_refused() {
        for (const std::int64_t columns : {0L, -3L, 3179L})
            QVERIFY_THROWS_EXCEPTION(
                Error, make_projection(ProjectionKind::Fastfood, {odd.rows, columns}, 1));
        QVERIFY_THROWS_EXCEPTION(Error, projection_kind("gaussian"));
    }
};

QTEST_GUILESS_MAIN(ProjectionTest)
#include "projection_test.moc"

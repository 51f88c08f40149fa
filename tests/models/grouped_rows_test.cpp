// The order of one linear for queries, keys and values that some families have, on rows that say what they
// are.

#include "engine/models/grouped_rows.h"

#include <QTest>

#include <ATen/ATen.h>

using namespace lora;

namespace {

// Four queries, two keys and two values of one row each: in the groups of a key, and apart.
at::Tensor grouped() { return at::tensor({1, 2, 11, 21, 3, 4, 12, 22}, at::kLong); }
at::Tensor apart() { return at::tensor({1, 2, 3, 4, 11, 12, 21, 22}, at::kLong); }

} // namespace

class GroupedRowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groups_come_apart_into_queries_keys_and_values() {
        QVERIFY(at::equal(groups_apart(grouped(), 0, 4, 2), apart()));
        QVERIFY(at::equal(in_groups(apart(), 0, 4, 2), grouped()));
    }

    void rows_of_a_head_stay_together() {
        const at::Tensor rows = at::tensor({1, 2, 11, 12, 21, 22, 3, 4, 13, 14, 23, 24}, at::kLong);
        const at::Tensor expected = at::tensor({1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24}, at::kLong);
        QVERIFY(at::equal(groups_apart(rows, 0, 2, 2), expected));
        QVERIFY(at::equal(in_groups(expected, 0, 2, 2), rows));
    }

    void columns_come_apart_as_rows_do() {
        const at::Tensor columns = grouped().unsqueeze(0).repeat({3, 1});
        QVERIFY(at::equal(groups_apart(columns, 1, 4, 2)[2], apart()));
        QVERIFY(at::equal(in_groups(groups_apart(columns, 1, 4, 2), 1, 4, 2), columns));
    }

    void one_group_is_as_it_is() { QVERIFY(at::equal(groups_apart(apart(), 0, 6, 1), apart())); }

    void rows_that_are_no_whole_heads_do_not_fit() {
        QVERIFY(rows_fit_groups(8, 4, 2));
        QVERIFY(!rows_fit_groups(9, 4, 2));
        QVERIFY(!rows_fit_groups(8, 4, 3));
        QVERIFY(!rows_fit_groups(8, 0, 0));
    }
};

QTEST_GUILESS_MAIN(GroupedRowsTest)
#include "grouped_rows_test.moc"

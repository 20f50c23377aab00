package org.gradus.cli.run;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.TreeSet;
import org.gradus.data.Table;
import org.gradus.data.TableFormat;

/** What is in a column of a table, in a line. */
final class ColumnContents {
    private static final int SHOWN_NAMES = 8;

    private ColumnContents() {}

    static String of(Table table, String column) {
        int index = table.column(column);
        List<String> present =
                table.rows().stream()
                        .map(row -> row.cells().get(index))
                        .filter(cell -> !TableFormat.isMissing(cell))
                        .toList();
        int missing = table.rows().size() - present.size();
        return column
                + ": "
                + (present.isEmpty() ? "nothing" : describe(present))
                + (missing == 0 ? "" : ", " + Numbers.whole(missing) + " missing");
    }

    private static String describe(List<String> cells) {
        List<String> others = cells.stream().filter(cell -> !TableFormat.isNumber(cell)).toList();
        if (others.isEmpty()) {
            DoubleSummaryStatistics numbers =
                    cells.stream().mapToDouble(Double::parseDouble).summaryStatistics();
            return Numbers.measured(numbers.getMin())
                    + " to "
                    + Numbers.measured(numbers.getMax())
                    + ", mean "
                    + Numbers.measured(numbers.getAverage());
        }
        TreeSet<String> names = new TreeSet<>(cells);
        String first = String.join(", ", names.stream().limit(SHOWN_NAMES).toList());
        String some =
                names.size() <= SHOWN_NAMES
                        ? first
                        : Numbers.whole(names.size()) + " different, such as " + first;
        return others.size() == cells.size()
                ? some
                : some + " (" + Numbers.whole(cells.size() - others.size()) + " are numbers)";
    }
}

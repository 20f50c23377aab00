package org.gradus.cli.recipe;

import java.nio.file.Path;
import java.util.List;
import org.gradus.cli.input.InputException;
import org.gradus.data.Csv;
import org.gradus.data.DataException;
import org.gradus.data.InMemoryDataset;
import org.gradus.data.Split;
import org.gradus.data.Statistics;

/**
 * A table in a CSV file, one of whose columns is to be predicted from the others.
 *
 * @param file the table; its first line names the columns
 * @param target the column that holds the class
 * @param ignored the columns that are left out
 * @param validation the share of the rows that is held back to measure on
 * @param seed decides which rows these are
 */
record TableChoice(Path file, String target, List<String> ignored, double validation, long seed)
        implements DataChoice {
    private static final double DEFAULT_VALIDATION = 0.2;
    private static final double LEAST_VALIDATION = 0.01;

    static TableChoice readTable(Section settings) {
        String path = settings.requiredText("path", "the path of a CSV file, or --data FILE");
        String target = settings.requiredText("target", "the column that holds the class");
        List<String> ignored = settings.texts("ignore");
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        long seed = settings.integer("split_seed", 0);
        settings.end();
        if (ignored.contains(target)) {
            throw settings.wrong("ignore", "leaves out other columns than the target");
        }
        return new TableChoice(Path.of(path), target, ignored, validation, seed);
    }

    @Override
    public String name() {
        return CSV;
    }

    @Override
    public DataSplits load() {
        InMemoryDataset all = read(file);
        if (all.classes().size() < 2) {
            throw new DataException(
                    file
                            + ": the column \""
                            + target
                            + "\" holds a single class, "
                            + all.classes().getFirst()
                            + "; there is nothing to tell apart");
        }
        Split split;
        try {
            split = all.stratifiedSplit(1 - validation, seed);
        } catch (IllegalArgumentException problem) {
            throw new InputException(file + ": " + problem.getMessage(), problem);
        }
        Statistics statistics = Statistics.of(split.train());
        InputFormat format =
                new InputFormat(
                        all.inputShapes().getFirst(),
                        all.classes(),
                        features(),
                        statistics.mean(),
                        statistics.deviation());
        return new DataSplits(
                format.normalized(split.train()), format.normalized(split.validation()), format);
    }

    /** Every column but the target and those left out is one number. */
    private List<String> features() {
        return TableRows.columns(file).stream()
                .filter(column -> !column.equals(target) && !ignored.contains(column))
                .toList();
    }

    private InMemoryDataset read(Path table) {
        return Csv.of(DataChoice.requireFile(table))
                .targetClass(target)
                .ignore(ignored.toArray(String[]::new))
                .read();
    }
}

package org.gradus.cli.data;

import java.nio.file.Path;
import java.util.List;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Csv;
import org.gradus.data.DataException;
import org.gradus.data.InMemoryDataset;
import org.gradus.data.Split;
import org.gradus.data.Statistics;

/**
 * A table in a CSV file, one of whose columns is to be predicted from the others.
 *
 * @param file the table; its first line names the columns
 * @param target the column to be predicted
 * @param number whether that column holds numbers, not classes
 * @param ignored the columns that are left out
 * @param validation the share of the rows that is held back to measure on
 * @param seed decides which rows these are
 */
record TableChoice(
        Path file,
        String target,
        boolean number,
        List<String> ignored,
        double validation,
        long seed)
        implements DataChoice {
    private static final double DEFAULT_VALIDATION = 0.2;
    private static final double LEAST_VALIDATION = 0.01;

    static TableChoice readTable(Section settings) {
        String path = settings.requiredText("path", "the path of a CSV file, or --data FILE");
        String target = settings.requiredText("target", "the column to be predicted");
        boolean number =
                settings.choice("target_type", "class", List.of("class", "number"))
                        .equals("number");
        List<String> ignored = settings.texts("ignore");
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        long seed = settings.integer("split_seed", 0);
        settings.end();
        if (ignored.contains(target)) {
            throw settings.wrong("ignore", "leaves out other columns than the target");
        }
        return new TableChoice(Path.of(path), target, number, ignored, validation, seed);
    }

    @Override
    public String name() {
        return CSV;
    }

    @Override
    public DataSplits load() {
        InMemoryDataset all = read(file);
        if (!number && all.classes().size() < 2) {
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
            split =
                    number
                            ? all.split(1 - validation, seed)
                            : all.stratifiedSplit(1 - validation, seed);
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
                        statistics.deviation(),
                        number ? TargetScale.of(split.train()) : TargetScale.NONE);
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
        Csv csv = Csv.of(DataChoice.requireFile(table));
        return (number ? csv.targetNumber(target) : csv.targetClass(target))
                .ignore(ignored.toArray(String[]::new))
                .read();
    }
}

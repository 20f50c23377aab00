package org.gradus.cli.data;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.Parts;
import org.gradus.data.Table;
import org.gradus.data.TableFormat;
import org.gradus.data.TableFormat.Target;

/**
 * A table in a CSV file, one of whose columns is to be predicted from the others; see {@link
 * TableFormat} for what becomes of them.
 *
 * @param file the table; its first line names the columns
 * @param separator what stands between the cells of a row
 * @param target the column to be predicted
 * @param number whether that column holds numbers, not classes
 * @param ignored the columns that are left out
 * @param categories the columns whose numbers are names
 * @param validation the share of the rows that is held back to measure on
 * @param seed decides which rows these are
 */
record TableChoice(
        Path file,
        char separator,
        String target,
        boolean number,
        Set<String> ignored,
        Set<String> categories,
        double validation,
        long seed)
        implements DataChoice {
    private static final double DEFAULT_VALIDATION = 0.2;
    private static final double LEAST_VALIDATION = 0.01;

    static TableChoice readTable(Section settings) {
        String path = settings.requiredText("path", "the path of a CSV file, or --data FILE");
        String separator = settings.text("separator", ",");
        String target = settings.requiredText("target", "the column to be predicted");
        boolean number =
                settings.choice("target_type", "class", List.of("class", "number"))
                        .equals("number");
        Set<String> ignored = new LinkedHashSet<>(settings.texts("ignore"));
        Set<String> categories = new LinkedHashSet<>(settings.texts("categories"));
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        long seed = settings.integer("split_seed", 0);
        settings.end();
        if (separator.length() != 1) {
            throw settings.wrong("separator", "is one character, such as \";\"");
        }
        if (ignored.contains(target)) {
            throw settings.wrong("ignore", "leaves out other columns than the target");
        }
        return new TableChoice(
                Path.of(path),
                separator.charAt(0),
                target,
                number,
                ignored,
                categories,
                validation,
                seed);
    }

    @Override
    public String name() {
        return CSV;
    }

    @Override
    public DataSplits load() {
        Table all = read();
        Parts<Table> parts = split(all);
        TableFormat table =
                TableFormat.fit(
                        parts.train(),
                        number ? Target.number(target) : Target.ofClass(target),
                        ignored,
                        categories);
        if (!number && table.target().classes().size() < 2) {
            throw new DataException(
                    file
                            + ": the column \""
                            + target
                            + "\" holds a single class, "
                            + String.join("", table.target().classes())
                            + "; there is nothing to tell apart");
        }
        TargetScale scale = number ? TargetScale.of(table.encode(parts.train())) : TargetScale.NONE;
        return splits(parts, new RowFormat(table, separator, scale));
    }

    @Override
    public DataSplits load(DataFormat known) {
        return known instanceof RowFormat format ? splits(split(read()), format) : load();
    }

    @Override
    public Dataset whole(DataFormat known) {
        return known instanceof RowFormat format
                ? format.table().encode(read(), file.toString())
                : load().requireFit(known).validation();
    }

    private Table read() {
        Table table = Table.read(DataChoice.requireFile(file), separator);
        if (table.columns().size() == 1) {
            throw new DataException(
                    file
                            + ", line 1: has the single column \""
                            + table.columns().getFirst()
                            + "\"; if another character than \""
                            + separator
                            + "\" is between the cells, set data.separator to it");
        }
        return table;
    }

    private Parts<Table> split(Table all) {
        try {
            return number
                    ? all.split(1 - validation, seed)
                    : all.stratifiedSplit(target, 1 - validation, seed);
        } catch (IllegalArgumentException problem) {
            throw new InputException(file + ": " + problem.getMessage(), problem);
        }
    }

    private DataSplits splits(Parts<Table> parts, RowFormat format) {
        return new DataSplits(
                format.table().encode(parts.train(), file + ", training part"),
                format.table().encode(parts.validation(), file + ", validation part"),
                format);
    }
}

package org.gradus.cli.run;

import java.io.Console;
import java.io.PrintWriter;
import org.gradus.train.TrainingListener;

/**
 * Where a command's output goes.
 *
 * @param out the output
 * @param interactive whether a person looks at it, so that a line may be drawn again
 * @param columns the width of a line
 */
public record Terminal(PrintWriter out, boolean interactive, int columns) {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 40;

    /** Returns the standard output of this process. */
    public static Terminal of(PrintWriter out) {
        Console console = System.console();
        String columns = System.getenv("COLUMNS");
        int width =
                columns != null && columns.matches("\\d{2,4}")
                        ? Math.max(LEAST_COLUMNS, Integer.parseInt(columns))
                        : DEFAULT_COLUMNS;
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        return new Terminal(out, console != null && console.isTerminal() && !dumb, width);
    }

    /** Returns an output that no person looks at. */
    public static Terminal plain(PrintWriter out) {
        return new Terminal(out, false, DEFAULT_COLUMNS);
    }

    /** Returns what shows a training here: a bar, or plain lines. */
    TrainingListener progress() {
        return interactive ? new ProgressDisplay(out, columns) : new ProgressLines(out);
    }
}

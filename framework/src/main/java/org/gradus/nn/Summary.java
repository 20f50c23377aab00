package org.gradus.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.gradus.shape.Shape;

/** The table that {@link Module#summary()} returns. */
final class Summary {
    private static final List<String> HEADER = List.of("path", "layer", "output", "parameters");

    private Summary() {}

    static String of(Module root, Map<Module, Shape> outputs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        root.modules()
                .forEach(
                        (path, module) -> {
                            Shape output = outputs.get(module);
                            long own =
                                    module.ownParameters().values().stream()
                                            .mapToLong(p -> p.shape().elements())
                                            .sum();
                            boolean group = !module.children().isEmpty();
                            rows.add(
                                    List.of(
                                            path.isEmpty() ? "(model)" : path,
                                            group
                                                    ? module.getClass().getSimpleName()
                                                    : module.toString(),
                                            output == null ? "" : output.toString(),
                                            own == 0 ? "" : grouped(own)));
                        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < HEADER.size(); column++) {
                int width = width(rows, column);
                boolean number = column == HEADER.size() - 1;
                line.append(("%" + (number ? "" : "-") + width + "s").formatted(row.get(column)));
                line.append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append(grouped(root.parameterCount())).append(" parameters\n").toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}

package org.gradus.data;

import java.util.List;

/**
 * What a column of a table becomes.
 *
 * @param kind how its cells are read
 * @param names the names it may hold; empty where those found count
 */
record CsvColumn(Kind kind, List<String> names) {

    enum Kind {
        NUMBER,
        INDEX,
        ONE_HOT,
        IGNORED
    }

    CsvColumn {
        names = List.copyOf(names);
    }

    static CsvColumn number() {
        return new CsvColumn(Kind.NUMBER, List.of());
    }

    static CsvColumn index(List<String> names) {
        return new CsvColumn(Kind.INDEX, names);
    }

    static CsvColumn oneHot(List<String> names) {
        return new CsvColumn(Kind.ONE_HOT, names);
    }

    static CsvColumn ignored() {
        return new CsvColumn(Kind.IGNORED, List.of());
    }

    boolean holdsNames() {
        return kind == Kind.INDEX || kind == Kind.ONE_HOT;
    }
}

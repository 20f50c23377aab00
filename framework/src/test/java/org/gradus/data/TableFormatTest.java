package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.gradus.data.TableFormat.CategoryColumn;
import org.gradus.data.TableFormat.NumberColumn;
import org.gradus.data.TableFormat.Target;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFormatTest {
    private static final String TRAIN =
            "area,rooms,city,code,price\n1,2,Rome,10,5\n3,?,Oslo,20,7\n5,4,,10,9\n";

    @TempDir private Path folder;

    @Test
    void theFormatIsLearntFromTheTrainingPart() throws IOException {
        var format = fit();

        assertEquals(
                List.of(
                        new NumberColumn("area", 3, Math.sqrt(8 / 3.0), false),
                        new NumberColumn("rooms", 3, 1, true),
                        new CategoryColumn("city", List.of("Oslo", "Rome")),
                        new CategoryColumn("code", List.of("10", "20"))),
                format.columns());
        assertEquals(1 + 2 + 3 + 3, format.features());
    }

    @Test
    void missingAndUnknownCellsHaveTheirFeatures() throws IOException {
        var dataset =
                fit().encode(
                                table(
                                        "city,code,area,rooms,price,more\n"
                                                + "Rome,10,3,NA,1,x\n"
                                                + "Paris,?,,5,2.5,y\n"));

        // area | rooms, missing | Oslo, Rome, unknown | 10, 20, unknown
        assertArrayEquals(
                new float[] {0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1},
                dataset.batch(new int[] {0, 1}).input().toFloats());
        assertArrayEquals(
                new float[] {1, 2.5f}, dataset.batch(new int[] {0, 1}).target().toFloats());
        assertEquals(Shape.of(1), dataset.targetShape());
    }

    @Test
    void columnsCanBeIgnoredAndClassesPredicted() throws IOException {
        var train = table(TRAIN.replace("Oslo", "Rome").replace(",,", ",Rome,"));
        var format =
                TableFormat.fit(train, Target.ofClass("code"), Set.of("rooms", "price", "city"));
        var dataset = format.encode(train);

        assertEquals(List.of("10", "20"), dataset.classes());
        assertArrayEquals(
                new long[] {0, 1, 0}, dataset.batch(new int[] {0, 1, 2}).target().toLongs());
        assertEquals(1, format.features());
    }

    @Test
    void aConstantColumnBecomesZero() throws IOException {
        var train = table("x,y\n7,1\n7,2\n");
        var dataset = TableFormat.fit(train, Target.number("y"), Set.of()).encode(train);
        assertArrayEquals(new float[] {0, 0}, dataset.batch(new int[] {0, 1}).input().toFloats());
    }

    @Test
    void whatCannotBeEncodedIsNamed() throws IOException {
        var format = fit();
        refused(
                format,
                TRAIN.replace("Rome,10,5", "Rome,10,"),
                "line 2, column 5 (price): \"\" is");
        refused(
                format,
                TRAIN.replace("\n3,?", "\nbig,?"),
                "line 3, column 1 (area): \"big\" is no");
        refused(format, TRAIN.replace("area", "size"), "has no column \"area\"");
        var classes = TableFormat.fit(table(TRAIN), Target.ofClass("code"), Set.of());
        refused(classes, TRAIN.replace(",20,", ",30,"), "none of the training part's classes 10");
        var train = table(TRAIN);
        for (var name : List.of("absent", "Area")) {
            assertThrows(
                    DataException.class,
                    () -> TableFormat.fit(train, Target.number(name), Set.of()));
            assertThrows(
                    DataException.class,
                    () -> TableFormat.fit(train, Target.number("price"), Set.of(name)));
        }
        assertThrows(
                DataException.class,
                () ->
                        TableFormat.fit(
                                train,
                                Target.number("price"),
                                Set.of("area", "rooms", "city", "code")));
    }

    @Test
    void whatMayBeMistypedIsNotTakenForNames() throws IOException {
        var number = Target.number("y");
        var mixed = table("x,y\n1,1\n2,2\n3o,3\n4,4\n");
        var message =
                assertThrows(DataException.class, () -> TableFormat.fit(mixed, number, Set.of()))
                        .getMessage();
        assertTrue(message.contains("line 4, column 1 (x): \"3o\" is no finite"), message);
        assertTrue(message.contains("3 of the 4"), message);
        assertEquals(
                List.of(new CategoryColumn("x", List.of("1", "2", "3o", "4"))),
                TableFormat.fit(mixed, number, Set.of(), Set.of("x")).columns());
        var few = table("x,y\n1,1\na,2\nb,3\n");
        assertEquals(3, ((CategoryColumn) column(few)).names().size());
    }

    private static TableFormat.Column column(Table table) {
        return TableFormat.fit(table, Target.number("y"), Set.of()).columns().getFirst();
    }

    @Test
    void aColumnOfOneNamePerRowIsRefused() throws IOException {
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 21; i++) {
            text.append("row").append(i).append(',').append(i).append('\n');
        }
        var table = table(text.toString());
        var message = assertThrows(DataException.class, () -> column(table)).getMessage();
        assertTrue(message.contains("\"x\" has 21 different names in 21 rows"), message);
        TableFormat.fit(table, Target.number("y"), Set.of(), Set.of("x"));
        assertThrows(
                DataException.class,
                () -> TableFormat.fit(table, Target.ofClass("y"), Set.of(), Set.of("x")));
    }

    @Test
    void rowsWithoutATargetHaveInputs() throws IOException {
        var inputs = fit().inputs(table("code;city;rooms;area\n20;Oslo;;5\n", ';'));
        assertEquals(Shape.of(1, 9), inputs.shape());
        assertArrayEquals(
                new float[] {(float) (2 / Math.sqrt(8 / 3.0)), 0, 1, 1, 0, 0, 0, 1, 0},
                inputs.toFloats());
    }

    @Test
    void tablesAreCutBeforeAnythingIsLearnt() throws IOException {
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 40; i++) {
            text.append(i).append(',').append(i % 4).append('\n');
        }
        var table = table(text.toString());
        var parts = table.split(0.75, 1);
        assertEquals(30, parts.train().rows().size());
        assertTrue(Collections.disjoint(parts.train().rows(), parts.validation().rows()));
        assertEquals(parts, table.split(0.75, 1));
        var even = table.stratifiedSplit("y", 0.8, 1).train();
        for (int label = 0; label < 4; label++) {
            var name = String.valueOf(label);
            assertEquals(
                    8, even.rows().stream().filter(row -> row.cells().get(1).equals(name)).count());
        }
        assertThrows(IllegalArgumentException.class, () -> table.split(0.999, 1));
    }

    @Test
    void damagedTablesGiveNothingButClearErrors() throws IOException {
        assertThrows(DataException.class, () -> table("a,b\n1\n"));
        assertThrows(DataException.class, () -> table("a,a\n1,2\n"));
        assertThrows(DataException.class, () -> table("a,b\n"));
        assertThrows(DataException.class, () -> table("a,b\n\"1,2\n"));
        table(TRAIN);
        Mutations.check(
                folder.resolve("table.csv"),
                1000,
                path -> {
                    var train = Table.read(path);
                    TableFormat.fit(train, Target.number("price"), Set.of()).encode(train);
                });
    }

    private TableFormat fit() throws IOException {
        return TableFormat.fit(table(TRAIN), Target.number("price"), Set.of(), Set.of("code"));
    }

    private void refused(TableFormat format, String content, String reason) throws IOException {
        var table = table(content);
        var message = assertThrows(DataException.class, () -> format.encode(table)).getMessage();
        assertTrue(message.startsWith(folder.toString()) && message.contains(reason), message);
    }

    private Table table(String content) throws IOException {
        return table(content, ',');
    }

    private Table table(String content, char separator) throws IOException {
        return Table.read(Files.writeString(folder.resolve("table.csv"), content), separator);
    }
}

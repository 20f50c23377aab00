package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    private static final String FLOWERS =
            "length,width,color,species\n1,0.5,red,rose\n2,1e1,blue,iris\n-3,+.25,red,rose\n";

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("flowers.csv");
    }

    @Test
    void namesBecomeClassesInAlphabeticalOrder() throws IOException {
        var flowers = csv(FLOWERS).ignore("color").targetClass("species").read();

        assertEquals(List.of("iris", "rose"), flowers.classes());
        assertEquals(List.of(Shape.of(2)), flowers.inputShapes());
        assertArrayEquals(new float[] {1, 0.5f, 2, 10, -3, 0.25f}, inputs(flowers));
        assertArrayEquals(new long[] {1, 0, 1}, targets(flowers));
    }

    @Test
    void namesBecomeFeatures() throws IOException {
        var csv = csv(FLOWERS).ignore("width").targetClass("species");

        assertArrayEquals(
                new float[] {1, 0, 1, 2, 1, 0, -3, 0, 1}, inputs(csv.oneHot("color").read()));
        assertArrayEquals(new float[] {1, 1, 2, 0, -3, 1}, inputs(csv.index("color").read()));
        assertArrayEquals(
                new float[] {1, 0, 2, 1, -3, 0},
                inputs(csv.index("color", List.of("red", "blue")).read()));
        assertArrayEquals(
                new float[] {1, 1, 0, 0, 2, 0, 0, 1, -3, 1, 0, 0},
                inputs(csv.oneHot("color", List.of("red", "green", "blue")).read()));
    }

    @Test
    void numbersCanBeTheTarget() throws IOException {
        var flowers = csv(FLOWERS).ignore("color", "species").targetNumber("width").read();

        assertEquals(List.of(), flowers.classes());
        assertEquals(Shape.of(1), flowers.targetShape());
        assertArrayEquals(
                new float[] {0.5f, 10, 0.25f},
                flowers.batch(new int[] {0, 1, 2}).target().toFloats());
    }

    @Test
    void oddButValidFilesAreRead() throws IOException {
        assertArrayEquals(
                new float[] {0, 1},
                inputs(
                        csv("\ufeff\"x,z\", y\r\n\r\n 1 ,a\r\n\"2\",\"b\"")
                                .index("x,z")
                                .targetClass("y")
                                .read()));
        assertArrayEquals(
                new float[] {1, 2, 3, 4},
                inputs(
                        csv("1;2;a\n3;4;b\n")
                                .separator(';')
                                .withoutHeader()
                                .targetClass("3")
                                .read()));
    }

    @Test
    void cellsThatAreNoNumbersAreNamedByLineAndColumn() throws IOException {
        for (var cell : List.of("x", "NaN", "Infinity", "1f", "0x1p3", "1e99", "1 2", "--1")) {
            var problem = refused(csv("a,y\n1,u\n\n" + cell + ",v\n").targetClass("y"));
            assertTrue(
                    problem.contains("line 4, column 1 (a): \"" + cell + "\" is not a finite"),
                    problem);
        }
        var problem = refused(csv("a,y\n1,u\n,v\n").targetClass("y"));
        assertTrue(problem.contains("line 3, column 1 (a): is empty; write a number"), problem);
        problem = refused(csv("a,y\n1,u\n2,\n").targetClass("y"));
        assertTrue(problem.contains("line 3, column 2 (y): is empty"), problem);
    }

    @Test
    void namesThatAreNotGivenAreRefused() throws IOException {
        var problem = refused(csv(FLOWERS).ignore("color").targetClass("species", List.of("iris")));

        assertTrue(
                problem.contains("line 2, column 4 (species): \"rose\" is none of iris"), problem);
    }

    @Test
    void rowsOfTheWrongLengthAreRefused() throws IOException {
        var problem = refused(csv("a,y\n1,u\n1,2,u\n").targetClass("y"));
        assertTrue(problem.contains("line 3: has 3 fields where 2 are expected"), problem);
        problem = refused(csv("a,y\n1\n").targetClass("y"));
        assertTrue(problem.contains("line 2: has 1 fields where 2 are expected"), problem);
    }

    @Test
    void tablesThatCannotBeAreRefused() throws IOException {
        assertTrue(refused(csv("").targetClass("y")).contains("is empty"));
        assertTrue(refused(csv("a,y\n").targetClass("y")).contains("no rows"));
        assertTrue(refused(csv("y\nu\n").targetClass("y")).contains("no column besides"));
        assertTrue(refused(csv("a,a\n1,2\n").targetClass("a")).contains("same name"));
        assertTrue(refused(csv("a,b\n1,2\n").targetClass("y")).contains("choose one of a, b"));
        assertTrue(refused(csv("a,y\n1,2\n").ignore("z").targetClass("y")).contains("\"z\""));
        assertTrue(refused(csv("a,y\n\"1,2\n").targetClass("y")).contains("nclosed"));
        assertTrue(refused(Csv.of(folder.resolve("absent")).targetClass("y")).contains("no such"));
        Files.write(file, new byte[] {'a', ',', 'y', '\n', (byte) 0xff, ',', '1'});
        assertTrue(refused(Csv.of(file).targetClass("y")).contains("UTF-8"));
    }

    @Test
    void aReaderWithoutTargetIsAMistakeOfTheProgram() throws IOException {
        var csv = csv(FLOWERS);
        assertThrows(IllegalStateException.class, csv::read);
        assertThrows(
                IllegalArgumentException.class, () -> csv.targetClass("color").oneHot("color"));
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        csv(FLOWERS);
        Mutations.check(
                file, 1000, path -> Csv.of(path).oneHot("color").targetClass("species").read());
    }

    private Csv csv(String content) throws IOException {
        return Csv.of(Files.writeString(file, content));
    }

    private static String refused(Csv csv) {
        return assertThrows(DataException.class, csv::read).getMessage();
    }

    private static float[] inputs(Dataset dataset) {
        return dataset.batch(Order.sequential(dataset.size())).input().toFloats();
    }

    private static long[] targets(Dataset dataset) {
        return dataset.batch(Order.sequential(dataset.size())).target().toLongs();
    }
}

package org.gradus.data;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** Damages files at random and checks that their readers answer with nothing but a clear error. */
public final class Mutations {
    private static final byte[] EXTREMES = {0, 1, -1, 127, -128, '"', ',', '\n', '{', '('};

    private Mutations() {}

    /**
     * Reads many damaged versions of a file. Each must be read or refused with a {@link
     * DataException} that names the file.
     */
    public static void check(Path file, int count, Consumer<Path> reader) throws IOException {
        byte[] original = Files.readAllBytes(file);
        for (int seed = 0; seed < count; seed++) {
            byte[] damaged = damage(original, new Random(seed));
            Files.write(file, damaged);
            try {
                reader.accept(file);
            } catch (DataException problem) {
                if (!problem.getMessage().contains(file.toString())) {
                    fail("mutation " + seed + ": the message names no file: " + problem);
                }
            } catch (RuntimeException | Error problem) {
                fail("mutation " + seed + " of " + file.getFileName(), problem);
            }
        }
        Files.write(file, original);
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            // Half of the changes are at the start, where headers are.
            int reach = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 64);
            int at = random.nextInt(reach);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = EXTREMES[random.nextInt(EXTREMES.length)];
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
                default -> {
                    int length = random.nextInt(Math.min(16, bytes.length - at) + 1);
                    System.arraycopy(original, 0, bytes, at, Math.min(length, original.length));
                }
            }
        }
        return bytes;
    }
}

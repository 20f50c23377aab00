package org.gradus.kernels.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Compiled programs on disk, one file each: a SHA-256 of the binary, then the binary. A file that
 * was damaged is not used; a folder that cannot be written to means that nothing is kept.
 */
public final class BinaryCache {
    private static final int HASH_BYTES = 32;

    private final Path folder;

    /** Keeps binaries in a folder, which need not exist yet. */
    public BinaryCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns the cache in the folder that the property {@code gradus.cache} names, else in the
     * user's folder for such things.
     *
     * @param backend the name of the folder within it
     */
    public static BinaryCache standard(String backend) {
        String property = System.getProperty("gradus.cache");
        String variable = System.getenv("XDG_CACHE_HOME");
        Path base;
        if (property != null && !property.isBlank()) {
            base = Path.of(property);
        } else if (variable != null && !variable.isBlank()) {
            base = Path.of(variable, "gradus");
        } else {
            base = Path.of(System.getProperty("user.home"), ".cache", "gradus");
        }
        return new BinaryCache(base.resolve(backend));
    }

    /** Returns the name under which the result of some inputs is kept. */
    public static String key(String... inputs) {
        MessageDigest digest = sha256();
        for (String input : inputs) {
            byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
            // with the length, so that no two lists of inputs run together
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns a binary, or nothing where there is none that is whole. */
    public Optional<byte[]> load(String key) {
        try {
            byte[] content = Files.readAllBytes(file(key));
            if (content.length <= HASH_BYTES) {
                return Optional.empty();
            }
            byte[] binary = Arrays.copyOfRange(content, HASH_BYTES, content.length);
            byte[] hash = Arrays.copyOf(content, HASH_BYTES);
            return Arrays.equals(hash, sha256().digest(binary))
                    ? Optional.of(binary)
                    : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Keeps a binary; a reader sees all of it or nothing. */
    public void store(String key, byte[] binary) {
        Path temporary = null;
        try {
            Files.createDirectories(folder);
            temporary = Files.createTempFile(folder, "new-", ".tmp");
            byte[] hash = sha256().digest(binary);
            byte[] content = Arrays.copyOf(hash, HASH_BYTES + binary.length);
            System.arraycopy(binary, 0, content, HASH_BYTES, binary.length);
            Files.write(temporary, content);
            Files.move(temporary, file(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            // the program works without: it is compiled again next time
            remove(temporary);
        }
    }

    private static void remove(Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            // nothing depends on it
        }
    }

    /** Returns where a binary is kept. */
    public Path file(String key) {
        return folder.resolve(key + ".bin");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

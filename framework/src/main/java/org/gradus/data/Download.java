package org.gradus.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * A file to fetch over HTTP.
 *
 * <p>It grows as {@code NAME.part} beside its place, and takes its place only when its checksum is
 * right. A transfer that breaks off leaves the part, and the next one goes on from there; a part
 * whose checksum turns out wrong is removed. The JVM's proxy settings hold ({@code
 * https.proxyHost}, {@code java.net.useSystemProxies} and so on).
 *
 * @param uri where it is
 * @param name what it is called here
 * @param bytes its size
 * @param sha256 its SHA-256 in hexadecimal digits
 */
public record Download(URI uri, String name, long bytes, String sha256) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER = 1 << 16;

    /**
     * Fetches the file into a folder, which is made if it is missing. A file that is there already
     * and has the right checksum is left as it is.
     *
     * @param progress told after each piece how many bytes are there
     * @return the file
     * @throws DataException if it cannot be fetched or is not the right one
     * @throws CancellationException if the thread is interrupted
     */
    public Path into(Path folder, LongConsumer progress) {
        Path file = folder.resolve(name);
        Path part = folder.resolve(name + ".part");
        try {
            Files.createDirectories(folder);
            if (Files.isRegularFile(file) && sha256.equals(checksum(file))) {
                return file;
            }
            transfer(part, progress);
            String found = checksum(part);
            if (!found.equals(sha256)) {
                Files.delete(part);
                throw new DataException(
                        uri
                                + ": has the SHA-256 "
                                + found
                                + " where "
                                + sha256
                                + " is expected; nothing was kept, try again or get the file"
                                + " elsewhere");
            }
            move(part, file);
            return file;
        } catch (InterruptedException problem) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while fetching " + uri);
        } catch (IOException problem) {
            throw new DataException(
                    uri
                            + ": cannot be fetched into "
                            + file
                            + " ("
                            + problem
                            + "); run it again to go on, or set the JVM's proxy",
                    problem);
        }
    }

    private void transfer(Path part, LongConsumer progress)
            throws IOException, InterruptedException {
        long have = size(part);
        if (have > bytes) {
            Files.delete(part);
            have = 0;
        }
        if (have == bytes) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE).GET();
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpClient.Builder settings =
                HttpClient.newBuilder()
                        .connectTimeout(PATIENCE)
                        .followRedirects(HttpClient.Redirect.NORMAL);
        ProxySelector proxy = ProxySelector.getDefault();
        if (proxy != null) {
            settings.proxy(proxy);
        }
        try (HttpClient client = settings.build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                boolean goesOn =
                        have > 0 && response.statusCode() == 206 && startsAt(response, have);
                if (!goesOn && response.statusCode() != 200) {
                    throw new IOException("the server answers " + response.statusCode());
                }
                copy(in, part, goesOn ? have : 0, progress);
            } finally {
                client.shutdownNow();
            }
        }
    }

    /** Copies what comes until it has the right size; more than that is refused unread. */
    private void copy(InputStream in, Path part, long have, LongConsumer progress)
            throws IOException {
        try (OutputStream out =
                Files.newOutputStream(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        have > 0
                                ? StandardOpenOption.APPEND
                                : StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] buffer = new byte[BUFFER];
            long written = have;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                written += count;
                if (written > bytes) {
                    break;
                }
                out.write(buffer, 0, count);
                progress.accept(written);
            }
            if (written < bytes) {
                throw new IOException("it ended after " + written + " of " + bytes + " bytes");
            }
            if (written == bytes) {
                return;
            }
        }
        Files.delete(part);
        throw new IOException("it has more than the " + bytes + " bytes expected");
    }

    private static boolean startsAt(HttpResponse<?> response, long offset) {
        return response.headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + offset + "-"))
                .isPresent();
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException _) {
            return 0;
        }
    }

    private static String checksum(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException problem) {
            throw new IllegalStateException("every JDK has SHA-256", problem);
        }
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(
                    part,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}

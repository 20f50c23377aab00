package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of this program. */
class DownloadTest {
    private static final int SIZE = 300_000;

    @TempDir private Path folder;
    private final byte[] content = new byte[SIZE];
    private final List<String> ranges = new ArrayList<>();
    private HttpServer server;

    /** How many bytes the server sends before it gives up; SIZE for all. */
    private int sends = SIZE;

    private boolean knowsRanges = true;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/file", this::answer);
        server.createContext(
                "/moved",
                exchange -> {
                    exchange.getResponseHeaders().set("Location", "/file");
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        int from = 0;
        if (range != null && knowsRanges) {
            from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (SIZE - 1) + "/" + SIZE);
        }
        // A length of 0 means pieces of any number: the end comes too early without an error.
        exchange.sendResponseHeaders(range != null && knowsRanges ? 206 : 200, 0);
        try (var out = exchange.getResponseBody()) {
            out.write(content, from, Math.min(sends, SIZE - from));
        }
    }

    @Test
    void aFileIsFetchedWhole() throws IOException {
        var progress = new ArrayList<Long>();
        var file = download("/file").into(folder.resolve("new/folder"), progress::add);

        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(SIZE, progress.getLast());
        assertEquals(List.of("x.bin"), names(file.getParent()));
    }

    @Test
    void redirectionsAreFollowed() throws IOException {
        assertArrayEquals(content, Files.readAllBytes(download("/moved").into(folder, _ -> {})));
    }

    @Test
    void aFileThatIsThereIsNotFetchedAgain() {
        download("/file").into(folder, _ -> {});
        download("/file").into(folder, _ -> {});
        assertEquals(1, ranges.size());
    }

    @Test
    void aDamagedFileIsFetchedAgain() throws IOException {
        Files.writeString(folder.resolve("x.bin"), "damaged");
        download("/file").into(folder, _ -> {});
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("x.bin")));
    }

    @Test
    void whatBrokeOffGoesOn() throws IOException {
        sends = 100_000;
        var message = failure("/file");
        assertTrue(message.contains("it ended after 100000 of 300000 bytes"), message);
        assertEquals(List.of("x.bin.part"), names(folder));
        failure("/file");
        sends = SIZE;
        download("/file").into(folder, _ -> {});

        assertEquals(List.of("null", "bytes=100000-", "bytes=200000-"), ranges);
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("x.bin")));
        assertEquals(List.of("x.bin"), names(folder));
    }

    @Test
    void aServerWithoutRangesBeginsAnew() throws IOException {
        Files.write(folder.resolve("x.bin.part"), new byte[1000]);
        knowsRanges = false;
        download("/file").into(folder, _ -> {});
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("x.bin")));
    }

    @Test
    void anotherFileIsRefusedAndLeavesNothing() throws IOException {
        content[SIZE / 2]++;
        var expected = checksum();
        content[SIZE / 2]--;
        var download = new Download(uri("/file"), "x.bin", SIZE, expected);
        var message =
                assertThrows(DataException.class, () -> download.into(folder, _ -> {}))
                        .getMessage();
        assertTrue(message.contains("has the SHA-256 " + checksum()), message);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void aLongerFileIsRefusedAndLeavesNothing() throws IOException {
        var download = new Download(uri("/file"), "x.bin", SIZE - 1, checksum());
        var message =
                assertThrows(DataException.class, () -> download.into(folder, _ -> {}))
                        .getMessage();
        assertTrue(message.contains("more than the 299999 bytes"), message);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void aWrongPartIsRefusedOnceAndThenGone() throws IOException {
        Files.write(folder.resolve("x.bin.part"), new byte[1000]);
        assertTrue(failure("/file").contains("has the SHA-256"));
        assertEquals(List.of(), names(folder));
        Files.write(folder.resolve("x.bin.part"), new byte[SIZE + 1]);
        download("/file").into(folder, _ -> {});
        assertEquals(List.of("x.bin"), names(folder));
    }

    @Test
    void aMissingFileOrServerIsSaid() throws IOException {
        assertTrue(failure("/absent").contains("the server answers 404"));
        server.stop(0);
        var message = failure("/file");
        assertTrue(message.contains(uri("/file").toString()), message);
        assertTrue(message.contains("set the JVM's proxy"), message);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void aThreadCanBeInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> download("/file").into(folder, _ -> {}));
        assertTrue(Thread.interrupted());
    }

    private String failure(String path) {
        return assertThrows(DataException.class, () -> download(path).into(folder, _ -> {}))
                .getMessage();
    }

    private Download download(String path) {
        return new Download(uri(path), "x.bin", SIZE, checksum());
    }

    private URI uri(String path) {
        return URI.create(
                "http://"
                        + server.getAddress().getAddress().getHostAddress()
                        + ":"
                        + server.getAddress().getPort()
                        + path);
    }

    private String checksum() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException problem) {
            throw new AssertionError(problem);
        }
    }

    private static List<String> names(Path folder) {
        return Arrays.stream(folder.toFile().list()).sorted().toList();
    }
}

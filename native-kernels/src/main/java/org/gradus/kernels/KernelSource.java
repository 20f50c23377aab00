package org.gradus.kernels;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.gradus.device.DeviceException;

/**
 * The text of one kernel in the dialect, without the {@linkplain Dialect#header() header} that goes
 * before it.
 *
 * <p>Two sources are equal where their texts are, so a source is the key of every cache of compiled
 * kernels. The name ends with a hash of the text: it is the same in every run.
 *
 * @param name the name of the kernel function
 * @param text the kernel and what it needs besides the header
 * @param groupSize the number of work-items of a group, as the text fixes it
 */
public record KernelSource(String name, String text, int groupSize) {
    private static final String NAME = "KERNEL_NAME";
    private static final int HASH_DIGITS = 12;

    /**
     * Returns the source of a text in which {@code KERNEL_NAME} stands for the function's name.
     *
     * @param kind what the kernel does, the first part of its name
     * @param text has {@code KERNEL(KERNEL_NAME, groupSize)}
     */
    public static KernelSource of(String kind, String text, int groupSize) {
        String name = kind + "_" + hash(text);
        return new KernelSource(name, text.replace(NAME, name), groupSize);
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Returns the exception that says that this does not compile: its name, the log, and the
     * numbered source.
     *
     * @param compiler what did not take it
     * @param log what the compiler says
     */
    public DeviceException doesNotCompile(String compiler, String log, Throwable cause) {
        int headerLines = (int) Dialect.header().lines().count();
        StringBuilder message = new StringBuilder("the kernel ");
        message.append(name).append(" does not compile on ").append(compiler);
        message.append(":\n").append(log.strip());
        message.append("\nsource, after the ").append(headerLines);
        message.append(" lines of dialect.h:\n");
        int number = headerLines;
        for (String line : text.lines().toList()) {
            number++;
            message.append(String.format("%4d  %s%n", number, line));
        }
        return new DeviceException(message.toString(), cause);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KernelSource source
                && groupSize == source.groupSize
                && text.equals(source.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}

package org.gradus.tests.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Small texts in the formats of the data sets, which are learnt in a few steps. */
final class SmallTexts {
    private static final List<String> WANTED =
            List.of("meeting", "patch", "list", "server", "thanks", "kernel", "monday");
    private static final List<String> UNWANTED =
            List.of("free", "money", "offer", "click", "winner", "credit", "now");
    private static final List<String> BOTH = List.of("the", "a", "you", "we", "is", "for", "to");
    private static final String LETTERS = "abc";

    private SmallTexts() {}

    /** Returns a text of some words, most of which stand in texts of any class. */
    static String mail(Random random, boolean unwanted) {
        List<String> own = unwanted ? UNWANTED : WANTED;
        StringBuilder text = new StringBuilder(own.get(random.nextInt(own.size())));
        int words = 3 + random.nextInt(12);
        for (int i = 0; i < words; i++) {
            List<String> from = random.nextInt(3) == 0 ? own : BOTH;
            text.append(' ').append(from.get(random.nextInt(from.size())));
        }
        return text.toString();
    }

    /** Writes mails as the SpamAssassin corpus has them: a file each, with headers. */
    static Path mails(Path folder, int ofEach) throws IOException {
        Random random = new Random(3);
        for (String name : List.of("easy-ham-1", "spam-1")) {
            Files.createDirectories(folder.resolve(name));
            for (int i = 0; i < ofEach; i++) {
                String text = mail(random, name.startsWith("spam"));
                Files.writeString(
                        folder.resolve(name).resolve("%04d.txt".formatted(i)),
                        "From: someone\nSubject: number " + i + "\n\n" + text + "\n");
            }
        }
        return folder;
    }

    /** Writes texts with the labels ham and spam, an object on each line. */
    static Path jsonLines(Path file, int count) throws IOException {
        Random random = new Random(5);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            boolean unwanted = i % 2 == 1;
            lines.append("{\"text\": \"")
                    .append(mail(random, unwanted))
                    .append("\", \"label\": \"")
                    .append(unwanted ? "spam" : "ham")
                    .append("\"}\n");
        }
        return Files.writeString(file, lines);
    }

    /** Writes all words of up to so many of three letters, each letter with its own phoneme. */
    static Path dictionary(Path file, boolean tabs, int longest) throws IOException {
        StringBuilder lines = new StringBuilder();
        add("", lines, tabs ? "\t" : " ", longest);
        return Files.writeString(file, lines);
    }

    private static void add(String word, StringBuilder lines, String separator, int longest) {
        if (!word.isEmpty()) {
            lines.append(word).append(separator).append(phonemes(word)).append('\n');
        }
        for (int i = 0; i < LETTERS.length() && word.length() < longest; i++) {
            add(word + LETTERS.charAt(i), lines, separator, longest);
        }
    }

    /** Returns how a word of the dictionary is pronounced. */
    static String phonemes(String word) {
        return word.replace("a", "AH ").replace("b", "B ").replace("c", "K ").strip();
    }
}

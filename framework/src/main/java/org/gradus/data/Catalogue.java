package org.gradus.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.gradus.shape.Shape;

/** The data sets that are known by name. */
public final class Catalogue {

    /** A data set's information, where it was found, and how it is read from a folder. */
    private record Entry(
            DatasetInfo info, Supplier<Optional<Path>> locate, Function<Path, Split> read) {}

    private Catalogue() {}

    /** Returns all data sets known by name. */
    public static List<DatasetInfo> all() {
        return entries().stream().map(Entry::info).toList();
    }

    /**
     * Returns what there is to know about a data set.
     *
     * @throws IllegalArgumentException if there is none of this name; the message lists the names
     */
    public static DatasetInfo of(String name) {
        return entry(name).info;
    }

    /**
     * Returns the folder in which a data set was found: one of its {@link DatasetInfo#folders()}.
     * Empty if it is in none, or part of the library.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Optional<Path> locate(String name) {
        return entry(name).locate.get();
    }

    /**
     * Reads a data set from where it is found.
     *
     * @throws IllegalArgumentException if there is none of this name
     * @throws DataException if it is not found; the message says how to get it
     */
    public static Split read(String name) {
        Entry entry = entry(name);
        if (entry.info.folders().isEmpty()) {
            return entry.read.apply(Path.of(""));
        }
        Path folder =
                entry.locate
                        .get()
                        .orElseThrow(
                                () ->
                                        new DataException(
                                                name
                                                        + ": found in none of "
                                                        + entry.info.folders()
                                                        + "; "
                                                        + entry.info.howToGet()));
        return entry.read.apply(folder);
    }

    /**
     * Reads a data set from a folder.
     *
     * @throws IllegalArgumentException if there is none of this name
     * @throws DataException if the folder does not hold it
     */
    public static Split read(String name, Path folder) {
        return entry(name).read.apply(folder);
    }

    private static Entry entry(String name) {
        return entries().stream()
                .filter(entry -> entry.info.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no data set \""
                                                + name
                                                + "\"; choose one of "
                                                + String.join(
                                                        ", ",
                                                        all().stream()
                                                                .map(DatasetInfo::name)
                                                                .toList())));
    }

    private static List<Entry> entries() {
        return List.of(digits(), fashionMnist(), mnist(), cifar10(), cifar100());
    }

    private static Entry digits() {
        return new Entry(
                new DatasetInfo(
                        "digits",
                        "Handwritten digits, 8 by 8 pixels in gray",
                        "CC BY 4.0",
                        "E. Alpaydin, C. Kaynak, UCI Machine Learning Repository 1998,"
                                + " DOI 10.24432/C50P49",
                        "it is part of the library",
                        List.of(),
                        1_438,
                        359,
                        Shape.of(1, 8, 8),
                        10),
                Optional::empty,
                _ -> new Split(Digits.train(), Digits.validation()));
    }

    private static Entry fashionMnist() {
        return new Entry(
                new DatasetInfo(
                        "fashion-mnist",
                        "Photographs of clothes, 28 by 28 pixels in gray",
                        "MIT",
                        "H. Xiao, K. Rasul, R. Vollgraf 2017, arXiv:1708.07747,"
                                + " https://github.com/zalandoresearch/fashion-mnist",
                        FashionMnist.remedy(),
                        FashionMnist.folders(),
                        60_000,
                        10_000,
                        Shape.of(1, 28, 28),
                        10),
                FashionMnist::locate,
                folder -> new Split(FashionMnist.train(folder), FashionMnist.test(folder)));
    }

    private static Entry mnist() {
        return new Entry(
                new DatasetInfo(
                        "mnist",
                        "Handwritten digits, 28 by 28 pixels in gray",
                        "CC BY-SA 3.0",
                        "Y. LeCun, C. Cortes, C. Burges 1998, http://yann.lecun.com/exdb/mnist",
                        Mnist.remedy(),
                        Mnist.folders(),
                        60_000,
                        10_000,
                        Shape.of(1, 28, 28),
                        10),
                Mnist::locate,
                folder -> new Split(Mnist.train(folder), Mnist.test(folder)));
    }

    private static Entry cifar10() {
        return new Entry(
                new DatasetInfo(
                        "cifar-10",
                        "Photographs of things and animals, 32 by 32 pixels in color",
                        "none stated; made for research",
                        "A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
                        CifarBinary.remedy10(),
                        CifarBinary.folders10(),
                        50_000,
                        10_000,
                        Shape.of(3, 32, 32),
                        10),
                CifarBinary::locate10,
                folder -> new Split(CifarBinary.train10(folder), CifarBinary.test10(folder)));
    }

    private static Entry cifar100() {
        return new Entry(
                new DatasetInfo(
                        "cifar-100",
                        "Photographs of 100 kinds of things and animals, 32 by 32 pixels in color",
                        "none stated; made for research",
                        "A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
                        CifarBinary.remedy100(),
                        CifarBinary.folders100(),
                        50_000,
                        10_000,
                        Shape.of(3, 32, 32),
                        100),
                CifarBinary::locate100,
                folder -> new Split(CifarBinary.train100(folder), CifarBinary.test100(folder)));
    }
}

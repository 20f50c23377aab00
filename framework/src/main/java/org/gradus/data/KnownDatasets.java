package org.gradus.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The data sets of the {@link Catalogue}. */
final class KnownDatasets {
    private static final String PART_OF_THE_LIBRARY = "it is part of Gradus";

    /** Where the authors of Fashion-MNIST keep its files. */
    private static final String FASHION =
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";

    /** The copy of MNIST that TensorFlow uses; its first home asks for a password. */
    private static final String MNIST = "https://storage.googleapis.com/cvdf-datasets/mnist/";

    private KnownDatasets() {}

    /** A data set's information, where it was found, and how it is read from there. */
    record Entry(
            DatasetInfo info,
            Supplier<Optional<Path>> locate,
            Function<Optional<Path>, DatasetContents> read) {

        /** Returns an entry for data that are not part of the library. */
        static Entry of(
                DatasetInfo info,
                Supplier<Optional<Path>> locate,
                Function<Path, DatasetContents> read) {
            return new Entry(info, locate, path -> read.apply(path.orElseThrow()));
        }
    }

    static List<Entry> all() {
        return List.of(
                digits(),
                fashionMnist(),
                mnist(),
                cifar10(),
                cifar100(),
                bible(),
                cmuDict(),
                spamAssassin(),
                seattleWeather());
    }

    private static Entry digits() {
        return new Entry(
                new DatasetInfo(
                        "digits",
                        DatasetInfo.Kind.IMAGES,
                        "Handwritten digits, 8 by 8 pixels in gray",
                        "CC BY 4.0",
                        "E. Alpaydin, C. Kaynak, UCI Machine Learning Repository 1998,"
                                + " DOI 10.24432/C50P49",
                        PART_OF_THE_LIBRARY,
                        List.of(),
                        1_438,
                        359,
                        "images",
                        List.of()),
                Optional::empty,
                path -> {
                    if (path.isPresent()) {
                        throw new DataException(
                                path.get()
                                        + ": digits are part of Gradus and are read from nowhere"
                                        + " else; leave out the path");
                    }
                    return new DatasetContents.Samples(
                            new Split(Digits.train(), Digits.validation()));
                });
    }

    private static Entry fashionMnist() {
        return Entry.of(
                new DatasetInfo(
                        "fashion-mnist",
                        DatasetInfo.Kind.IMAGES,
                        "Photographs of clothes, 28 by 28 pixels in gray",
                        "MIT",
                        "H. Xiao, K. Rasul, R. Vollgraf 2017, arXiv:1708.07747,"
                                + " https://github.com/zalandoresearch/fashion-mnist",
                        FashionMnist.remedy(),
                        FashionMnist.folders(),
                        60_000,
                        10_000,
                        "images",
                        List.of(
                                download(
                                        FASHION,
                                        "train-images-idx3-ubyte.gz",
                                        26_421_880,
                                        "3aede38d61863908ad78613f6a32ed27"
                                                + "1626dd12800ba2636569512369268a84"),
                                download(
                                        FASHION,
                                        "train-labels-idx1-ubyte.gz",
                                        29_515,
                                        "a04f17134ac03560a47e3764e11b92fc"
                                                + "97de4d1bfaf8ba1a3aa29af54cc90845"),
                                download(
                                        FASHION,
                                        "t10k-images-idx3-ubyte.gz",
                                        4_422_102,
                                        "346e55b948d973a97e58d2351dde16a4"
                                                + "84bd415d4595297633bb08f03db6a073"),
                                download(
                                        FASHION,
                                        "t10k-labels-idx1-ubyte.gz",
                                        5_148,
                                        "67da17c76eaffca5446c3361aaab5c3c"
                                                + "d6d1c2608764d35dfb1850b086bf8dd5"))),
                FashionMnist::locate,
                path ->
                        new DatasetContents.Samples(
                                new Split(FashionMnist.train(path), FashionMnist.test(path))));
    }

    private static Entry mnist() {
        return Entry.of(
                new DatasetInfo(
                        "mnist",
                        DatasetInfo.Kind.IMAGES,
                        "Handwritten digits, 28 by 28 pixels in gray",
                        "CC BY-SA 3.0",
                        "Y. LeCun, C. Cortes, C. Burges 1998, http://yann.lecun.com/exdb/mnist",
                        Mnist.remedy(),
                        Mnist.folders(),
                        60_000,
                        10_000,
                        "images",
                        List.of(
                                download(
                                        MNIST,
                                        "train-images-idx3-ubyte.gz",
                                        9_912_422,
                                        "440fcabf73cc546fa21475e81ea37026"
                                                + "5605f56be210a4024d2ca8f203523609"),
                                download(
                                        MNIST,
                                        "train-labels-idx1-ubyte.gz",
                                        28_881,
                                        "3552534a0a558bbed6aed32b30c495cc"
                                                + "a23d567ec52cac8be1a0730e8010255c"),
                                download(
                                        MNIST,
                                        "t10k-images-idx3-ubyte.gz",
                                        1_648_877,
                                        "8d422c7b0a1c1c79245a5bcf07fe86e3"
                                                + "3eeafee792b84584aec276f5a2dbc4e6"),
                                download(
                                        MNIST,
                                        "t10k-labels-idx1-ubyte.gz",
                                        4_542,
                                        "f7ae60f92e00ec6debd23a6088c31dbd"
                                                + "2371eca3ffa0defaefb259924204aec6"))),
                Mnist::locate,
                path ->
                        new DatasetContents.Samples(
                                new Split(Mnist.train(path), Mnist.test(path))));
    }

    private static Entry cifar10() {
        return Entry.of(
                new DatasetInfo(
                        "cifar-10",
                        DatasetInfo.Kind.IMAGES,
                        "Photographs of things and animals, 32 by 32 pixels in color",
                        "none stated; made for research",
                        "A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
                        CifarBinary.remedy10(),
                        CifarBinary.folders10(),
                        50_000,
                        10_000,
                        "images",
                        List.of()),
                CifarBinary::locate10,
                path ->
                        new DatasetContents.Samples(
                                new Split(CifarBinary.train10(path), CifarBinary.test10(path))));
    }

    private static Entry cifar100() {
        return Entry.of(
                new DatasetInfo(
                        "cifar-100",
                        DatasetInfo.Kind.IMAGES,
                        "Photographs of 100 kinds of things and animals, 32 by 32 pixels in color",
                        "none stated; made for research",
                        "A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
                        CifarBinary.remedy100(),
                        CifarBinary.folders100(),
                        50_000,
                        10_000,
                        "images",
                        List.of()),
                CifarBinary::locate100,
                path ->
                        new DatasetContents.Samples(
                                new Split(CifarBinary.train100(path), CifarBinary.test100(path))));
    }

    private static Entry bible() {
        return new Entry(
                new DatasetInfo(
                        "bible",
                        DatasetInfo.Kind.TEXT,
                        "The King James Bible, a verse on each line",
                        "public domain; in the United Kingdom the Crown holds the right to print it",
                        "King James Version 1611, from the Debian package bible-kjv-text",
                        PART_OF_THE_LIBRARY + "; --data PATH reads another text file in its place",
                        List.of(),
                        3_740_240,
                        411_777,
                        "characters",
                        List.of()),
                Optional::empty,
                path ->
                        new DatasetContents.Text(
                                path.map(KnownDatasets::text)
                                        .orElseGet(
                                                () ->
                                                        new Parts<>(
                                                                Bible.train(),
                                                                Bible.validation()))));
    }

    /** Returns a text file cut in two where a line ends after nine tenths. */
    private static Parts<String> text(Path path) {
        String text = TextFile.read(path);
        int cut = text.indexOf('\n', (int) (text.length() * 0.9) - 1) + 1;
        if (cut == 0 || cut == text.length()) {
            throw new DataException(
                    path
                            + ": has no line after nine tenths of it, to measure on;"
                            + " give a longer text with several lines");
        }
        return new Parts<>(text.substring(0, cut), text.substring(cut));
    }

    private static Entry cmuDict() {
        return Entry.of(
                new DatasetInfo(
                        "cmudict",
                        DatasetInfo.Kind.TEXT_PAIRS,
                        "English words and their pronunciation in 39 phonemes",
                        "BSD-2-Clause",
                        "CMU Pronouncing Dictionary, Carnegie Mellon University 1993-2015,"
                                + " http://www.speech.cs.cmu.edu/cgi-bin/cmudict",
                        CmuDict.remedy(),
                        CmuDict.folders(),
                        117_680,
                        6_194,
                        "words",
                        List.of()),
                CmuDict::locate,
                path -> new DatasetContents.Pairs(CmuDict.at(path).parts()));
    }

    private static Entry spamAssassin() {
        return Entry.of(
                new DatasetInfo(
                        "spam-assassin",
                        DatasetInfo.Kind.LABELED_TEXTS,
                        "Mails, wanted (ham) and unwanted (spam), without their headers",
                        "PDDL 1.0 for the collection, CC0 1.0 for what is in it, says the package",
                        "Apache SpamAssassin public mail corpus 2002-2005,"
                                + " https://spamassassin.apache.org/old/publiccorpus",
                        SpamAssassin.remedy(),
                        SpamAssassin.folders(),
                        4_752,
                        1_188,
                        "mails",
                        List.of()),
                SpamAssassin::locate,
                path -> new DatasetContents.Texts(SpamAssassin.parts(path)));
    }

    private static Entry seattleWeather() {
        return new Entry(
                new DatasetInfo(
                        "seattle-weather",
                        DatasetInfo.Kind.SERIES,
                        "Seattle's weather day by day: 30 days to forecast the next day's high",
                        "public domain",
                        "NOAA 2012-2015, https://www.weather.gov/disclaimer, from vega_datasets",
                        PART_OF_THE_LIBRARY + "; --data PATH reads another file of this format",
                        List.of(),
                        1_066,
                        365,
                        "windows",
                        List.of()),
                Optional::empty,
                path ->
                        new DatasetContents.Samples(
                                SeattleWeather.split(
                                        path.map(KnownDatasets::file)
                                                .map(SeattleWeather::series)
                                                .orElseGet(SeattleWeather::series))));
    }

    /** A folder may be given that holds the file. */
    private static Path file(Path path) {
        return Files.isDirectory(path) ? path.resolve("seattle-weather.csv") : path;
    }

    private static Download download(String base, String name, long bytes, String sha256) {
        return new Download(URI.create(base + name), name, bytes, sha256);
    }
}

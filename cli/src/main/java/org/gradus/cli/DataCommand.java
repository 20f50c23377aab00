package org.gradus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.run.Numbers;
import org.gradus.data.Catalogue;
import org.gradus.data.DatasetInfo;
import org.gradus.data.Download;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the known data sets, or checks one and shows a sample. */
@Command(
        name = "data",
        description = {
            "Lists the known data sets, or checks one and shows a sample.",
            "",
            "With a name, says how to get that data set, where it was looked for and under what"
                    + " licence it comes; reads all of it, which checks its files; and shows a"
                    + " sample.",
            "With --download, fetches it first, into .gradus/data in your home folder.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus data",
            "  gradus data fashion-mnist",
            "  gradus data mnist --data ~/mnist --index 7",
            "  gradus data mnist --download",
            "  gradus data bible --index 1000"
        })
final class DataCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The data set.")
    private String name;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "The folder or the file that holds it.")
    private Path folder;

    @Option(names = "--download", description = "Fetch it first, if it has a public address.")
    private boolean download;

    @Option(
            names = "--index",
            paramLabel = "N",
            defaultValue = "0",
            description = "The training sample to show, counted from 0; of a text, the line.")
    private int index;

    DataCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            Catalogue.all().forEach(info -> out.printf("%-16s %s%n", info.name(), line(info)));
            out.println("\"gradus data NAME\" says more, checks the files and shows a sample.");
            return;
        }
        List<String> names = Catalogue.all().stream().map(DatasetInfo::name).toList();
        if (!names.contains(name)) {
            throw new InputException(
                    "there is no data set \"" + name + "\": " + Names.suggestion(name, names));
        }
        if (download) {
            fetch();
        }
        describe(out, Catalogue.of(name));
        out.flush();
        new DataSample(out, index)
                .show(folder == null ? Catalogue.open(name) : Catalogue.open(name, folder));
    }

    private void fetch() {
        if (folder != null) {
            throw new InputException(
                    "--download and --data exclude each other; leave one of them out");
        }
        PrintWriter err = spec.commandLine().getErr();
        Set<Download> begun = new HashSet<>();
        Path into =
                Catalogue.download(
                        name,
                        (file, bytes) -> {
                            if (begun.add(file)) {
                                err.println(
                                        "fetching "
                                                + file.uri()
                                                + ", "
                                                + Numbers.whole(file.bytes())
                                                + " bytes");
                                err.flush();
                            }
                        });
        err.println("all files are in " + into);
        err.flush();
    }

    private static String line(DatasetInfo info) {
        String place =
                info.folders().isEmpty()
                        ? "part of Gradus"
                        : Catalogue.locate(info.name())
                                .map(path -> "found in " + path)
                                .orElse("not found");
        return info.description() + "; " + place;
    }

    private static void describe(PrintWriter out, DatasetInfo info) {
        out.println(info.name() + ": " + info.description());
        out.println("  source     " + info.source());
        out.println("  licence    " + info.licence());
        out.println(
                "  size       %s %s to train on, %s to validate on"
                        .formatted(
                                Numbers.whole(info.trainSize()),
                                info.unit(),
                                Numbers.whole(info.validationSize())));
        out.println("  to get it  " + info.howToGet());
        if (!info.downloads().isEmpty()) {
            out.println("             or run \"gradus data " + info.name() + " --download\"");
        }
        for (Path place : info.folders()) {
            out.println("  looked in  " + place);
        }
        Catalogue.locate(info.name()).ifPresent(path -> out.println("  found in   " + path));
    }
}

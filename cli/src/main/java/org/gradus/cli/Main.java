package org.gradus.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.gradus.cli.run.Interruption;
import org.gradus.cli.run.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command of the program {@code gradus}. */
@Command(
        name = "gradus",
        versionProvider = Main.Version.class,
        description = "Trains neural networks on the CPU and on OpenCL devices.",
        subcommands = {
            DoctorCommand.class,
            RecipesCommand.class,
            DataCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            GenerateCommand.class,
            ExportCommand.class,
            InspectCommand.class,
            PlotCommand.class,
            BenchmarkCommand.class,
            CompletionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "A first run, with data that come with Gradus:",
            "  gradus train digits",
            "  gradus evaluate runs/digits-...",
            "",
            "\"gradus COMMAND --help\" explains a command and gives examples.",
            "",
            "Variables: GRADUS_DEVICE chooses the device, as --device does; GRADUS_DATA names",
            "the folder of data sets; GRADUS_JAVA_OPTIONS has options for Java, such as -Xmx8g.",
            "",
            "Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 130 interrupted",
            "(after writing a checkpoint)."
        })
public final class Main implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    private boolean version;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Show where in the program an error came from.")
    private boolean stackTrace;

    private final Interruption interruption;
    private final Terminal terminal;

    private Main(Interruption interruption, Terminal terminal) {
        this.interruption = interruption;
        this.terminal = terminal;
    }

    /**
     * Runs the command that the arguments name and exits: with 0 when it is done, 1 when it failed,
     * 2 when the usage or the input is wrong, 130 when a training was interrupted and has written a
     * checkpoint.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        // Warnings in one line, like errors.
        System.setProperty("java.util.logging.SimpleFormatter.format", "gradus: %4$s: %5$s%n");
        Interruption interruption = new Interruption();
        interruption.listen();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Main main = new Main(interruption, Terminal.of(out));
        interruption.exit(main.execute(arguments, out, err));
    }

    /**
     * Runs a command within this process, without a terminal or signals.
     *
     * @param out where its output goes
     * @param err where its errors go
     * @return the exit code
     */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new Main(new Interruption(), Terminal.plain(out)).execute(arguments, out, err);
    }

    private int execute(String[] arguments, PrintWriter out, PrintWriter err) {
        Failures failures = new Failures();
        int code =
                new CommandLine(this)
                        .setOut(out)
                        .setErr(err)
                        .setAbbreviatedOptionsAllowed(false)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setUsageHelpAutoWidth(true)
                        .setParameterExceptionHandler(failures)
                        .setExecutionExceptionHandler(failures)
                        .execute(arguments);
        out.flush();
        err.flush();
        return code;
    }

    /** Returns what turns signals into a request to stop. */
    Interruption interruption() {
        return interruption;
    }

    /** Returns where the output goes. */
    Terminal terminal() {
        return terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name a command, such as \"gradus train digits\"; \"gradus --help\" lists them");
    }

    /** The version that the build wrote into the module descriptor. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            var module = Main.class.getModule().getDescriptor();
            var version = module == null ? Optional.<String>empty() : module.rawVersion();
            return new String[] {"gradus " + version.orElse("(not packaged)")};
        }
    }
}

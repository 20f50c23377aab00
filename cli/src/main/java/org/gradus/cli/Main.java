package org.gradus.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command of the program {@code gradus}. */
@Command(
        name = "gradus",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Trains neural networks on the CPU, on NVIDIA GPUs and on OpenCL devices.")
public final class Main implements Runnable {

    @Spec private CommandSpec spec;

    Main() {}

    /**
     * Runs the command that the arguments name and exits: with 0 when it is done, 1 when it failed,
     * 2 when the usage or the input is wrong.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command; --help lists them.");
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

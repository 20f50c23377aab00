package org.gradus.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.data.DataException;
import org.gradus.device.DeviceException;
import org.gradus.tensor.TensorException;
import org.gradus.train.TrainingException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints each failure as one line that says what to do, and gives the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final String STACK_TRACE = "--stacktrace";

    Failures() {}

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        print(command.getErr(), usage(problem, command) + " (see " + name + " --help)");
        if (Arrays.asList(arguments).contains(STACK_TRACE)) {
            problem.printStackTrace(command.getErr());
        }
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(
            Exception problem, CommandLine command, ParseResult parsed) {
        print(command.getErr(), message(problem));
        if (parsed.expandedArgs().contains(STACK_TRACE)) {
            problem.printStackTrace(command.getErr());
        }
        boolean input = problem instanceof InputException || problem instanceof DataException;
        return input ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    private static void print(PrintWriter err, String message) {
        err.println("gradus: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        err.flush();
    }

    private static String message(Exception problem) {
        boolean forUsers =
                switch (problem) {
                    case InputException _,
                            DataException _,
                            DeviceException _,
                            TensorException _,
                            TrainingException _,
                            UncheckedIOException _ ->
                            problem.getMessage() != null;
                    default -> false;
                };
        return forUsers
                ? problem.getMessage()
                : "an error in the program: "
                        + problem
                        + "; please report it with what --stacktrace shows";
    }

    private static String usage(ParameterException problem, CommandLine command) {
        return switch (problem) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched, command);
            case MissingParameterException missing -> decapitalized(missing.getMessage());
            default -> decapitalized(problem.getMessage());
        };
    }

    private static String unmatched(UnmatchedArgumentException problem, CommandLine command) {
        String given = problem.getUnmatched().getFirst();
        if (given.startsWith("-")) {
            String name = given.replaceFirst("=.*", "");
            List<String> options = new ArrayList<>();
            for (OptionSpec option : command.getCommandSpec().options()) {
                options.add(option.longestName());
            }
            return "there is no option \"" + name + "\": " + Names.suggestion(name, options);
        }
        List<String> commands = List.copyOf(command.getSubcommands().keySet());
        return commands.isEmpty()
                ? "\"" + given + "\" is one argument too many"
                : "there is no command \"" + given + "\": " + Names.suggestion(given, commands);
    }

    private static String decapitalized(String message) {
        boolean sentence =
                message.length() > 1
                        && Character.isUpperCase(message.charAt(0))
                        && Character.isLowerCase(message.charAt(1));
        return sentence ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
    }
}

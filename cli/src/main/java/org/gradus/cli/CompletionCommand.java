package org.gradus.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        description = "Prints a script that completes commands and options in bash and zsh.",
        footer = {
            "",
            "For this shell:",
            "  source <(gradus completion)",
            "For all to come, in ~/.bashrc or ~/.zshrc:",
            "  eval \"$(gradus completion)\""
        })
final class CompletionCommand implements Runnable {
    @Spec private CommandSpec spec;

    CompletionCommand() {}

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        spec.commandLine().getOut().println(AutoComplete.bash(root.getCommandName(), root));
    }
}

package org.gradus.expr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.gradus.dtype.DType;

/**
 * A pointwise kernel in canonical form: a list of instructions, each the op of one distinct node
 * over the results of earlier ones, in the order in which the outputs need them. Equal computations
 * give equal programs, whatever the order in which they were put together, so a program is the key
 * of every kernel cache. Unused instructions do not occur.
 */
public final class Program {
    /**
     * One step.
     *
     * @param op what is computed
     * @param dtype the type of the result; the register that holds it has its {@linkplain
     *     DType#computeType() compute type}
     * @param a number of the instruction that gives the first operand, -1 if there is none
     * @param b likewise the second
     * @param c likewise the third
     * @param payload the number of an input or scalar, the bits of a constant, else 0
     */
    public record Instruction(Op op, DType dtype, int a, int b, int c, long payload) {
        /** Returns the value of a literal, or the number of an input or scalar. */
        public double value() {
            return op == Op.CONSTANT ? Scalars.decode(payload, dtype) : payload;
        }
    }

    private final List<Instruction> instructions;
    private final int[] outputs;
    private final List<DType> outputTypes;
    private final List<DType> inputTypes;
    private final List<DType> scalarTypes;
    private final int hash;

    private Program(List<Instruction> instructions, int[] outputs, List<DType> outputTypes) {
        this.instructions = List.copyOf(instructions);
        this.outputs = outputs;
        this.outputTypes = List.copyOf(outputTypes);
        this.inputTypes = leafTypes(Op.INPUT);
        this.scalarTypes = leafTypes(Op.SCALAR);
        this.hash =
                31 * (31 * this.instructions.hashCode() + Arrays.hashCode(outputs))
                        + this.outputTypes.hashCode();
    }

    /** Returns the program that computes the given expressions, stored in their own types. */
    public static Program of(Expr... outputs) {
        Builder builder = new Builder();
        for (Expr output : outputs) {
            builder.output(builder.add(output), output.dtype());
        }
        return builder.build();
    }

    /** Returns the instructions in an order in which operands come first. */
    public List<Instruction> instructions() {
        return instructions;
    }

    /** Returns the number of outputs. */
    public int outputCount() {
        return outputs.length;
    }

    /** Returns the number of the instruction whose result is output {@code index}. */
    public int output(int index) {
        return outputs[index];
    }

    /** Returns the types in which the outputs are stored. */
    public List<DType> outputTypes() {
        return outputTypes;
    }

    /**
     * Returns the storage types of the inputs, by number, up to the last that is used; {@code F32}
     * for a number not used.
     */
    public List<DType> inputTypes() {
        return inputTypes;
    }

    /** Returns the types of the scalar arguments, by number; see {@link #inputTypes}. */
    public List<DType> scalarTypes() {
        return scalarTypes;
    }

    private List<DType> leafTypes(Op leaf) {
        List<DType> types = new ArrayList<>();
        for (Instruction n : instructions) {
            if (n.op() == leaf) {
                int number = (int) n.payload();
                while (types.size() <= number) {
                    types.add(null);
                }
                DType other = types.set(number, n.dtype());
                if (other != null && other != n.dtype()) {
                    throw new IllegalArgumentException(
                            leaf.name().toLowerCase(Locale.ROOT)
                                    + " "
                                    + number
                                    + " is used both as "
                                    + other
                                    + " and as "
                                    + n.dtype()
                                    + "; an argument has one type, cast it where it is used");
                }
            }
        }
        types.replaceAll(type -> type == null ? DType.F32 : type);
        return List.copyOf(types);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Program program
                && hash == program.hash
                && Arrays.equals(outputs, program.outputs)
                && outputTypes.equals(program.outputTypes)
                && instructions.equals(program.instructions);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Returns one line per instruction, as in {@code %2 = add f32 %0 %1}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction n = instructions.get(i);
            text.append('%').append(i).append(" = ");
            text.append(n.op().name().toLowerCase(Locale.ROOT)).append(' ');
            text.append(n.dtype());
            switch (n.op()) {
                case CONSTANT -> text.append(' ').append(Scalars.toString(n.payload(), n.dtype()));
                case INPUT, SCALAR -> text.append(' ').append(n.payload());
                default -> {
                    for (int operand : new int[] {n.a(), n.b(), n.c()}) {
                        if (operand >= 0) {
                            text.append(" %").append(operand);
                        }
                    }
                }
            }
            text.append('\n');
        }
        for (int i = 0; i < outputs.length; i++) {
            text.append("output ").append(outputTypes.get(i)).append(" %").append(outputs[i]);
            text.append('\n');
        }
        return text.toString();
    }

    /** Collects instructions; equal ones get one number, and trivial ones are simplified away. */
    public static final class Builder {
        private final List<Instruction> instructions = new ArrayList<>();
        private final List<Integer> ranks = new ArrayList<>();
        private final Map<Instruction, Integer> numbers = new HashMap<>();
        private final List<Integer> outputs = new ArrayList<>();
        private final List<DType> outputTypes = new ArrayList<>();

        /** Creates an empty builder. */
        public Builder() {}

        /** Adds an expression whose inputs and scalars keep their numbers; returns its number. */
        public int add(Expr expression) {
            return add(expression, null, null, new IdentityHashMap<>());
        }

        /**
         * Adds an expression in place of whose inputs and scalars stand results of this builder.
         *
         * @param inputs for each input number of the expression, the instruction that replaces it
         * @param scalars likewise for each scalar
         * @return the number of the instruction that computes the expression
         */
        public int add(Expr expression, int[] inputs, int[] scalars) {
            return add(expression, inputs, scalars, new IdentityHashMap<>());
        }

        private int add(Expr e, int[] inputs, int[] scalars, Map<Expr, Integer> known) {
            Integer number = known.get(e);
            if (number == null) {
                if (e.op() == Op.INPUT && inputs != null) {
                    number = inputs[(int) e.payload()];
                } else if (e.op() == Op.SCALAR && scalars != null) {
                    number = scalars[(int) e.payload()];
                } else {
                    int[] operands = {-1, -1, -1};
                    for (int i = 0; i < e.operands().size(); i++) {
                        operands[i] = add(e.operands().get(i), inputs, scalars, known);
                    }
                    number = add(e.op(), e.dtype(), e.payload(), operands);
                }
                known.put(e, number);
            }
            return number;
        }

        /** Adds the leaf that reads input {@code index}; returns its number. */
        public int input(int index, DType dtype) {
            return add(Op.INPUT, dtype, index, -1, -1, -1);
        }

        /** Adds the leaf that reads scalar {@code index}; returns its number. */
        public int scalar(int index, DType dtype) {
            return add(Op.SCALAR, dtype.computeType(), index, -1, -1, -1);
        }

        private int add(Op op, DType dtype, long payload, int... operands) {
            int a = operands[0];
            int b = operands[1];
            int c = operands[2];
            if (op.isCommutative() && ranks.get(a) > ranks.get(b)) {
                a = operands[1];
                b = operands[0];
            }
            if (op == Op.SELECT && instructions.get(a).op() == Op.NOT) {
                return add(op, dtype, payload, instructions.get(a).a(), c, b);
            }
            int simpler = simplify(op, dtype, a, b, c);
            if (simpler >= 0) {
                return simpler;
            }
            Instruction instruction = new Instruction(op, dtype, a, b, c, payload);
            Integer known = numbers.putIfAbsent(instruction, instructions.size());
            if (known != null) {
                return known;
            }
            instructions.add(instruction);
            ranks.add(rank(instruction));
            return instructions.size() - 1;
        }

        /** A hash of what is computed, by which operands that may be exchanged are ordered. */
        private int rank(Instruction n) {
            int hash = 31 * n.op().ordinal() + n.dtype().ordinal();
            for (int operand : new int[] {n.a(), n.b(), n.c()}) {
                hash = 31 * hash + (operand < 0 ? 0 : ranks.get(operand));
            }
            return 0x9E3779B1 * (31 * hash + Long.hashCode(n.payload()));
        }

        /** Returns the number of an existing equal value, or -1: only rewrites that are exact. */
        private int simplify(Op op, DType dtype, int a, int b, int c) {
            return switch (op) {
                case MULTIPLY -> isConstant(b, 1) ? a : isConstant(a, 1) ? b : -1;
                case DIVIDE -> isConstant(b, 1) ? a : -1;
                case SUBTRACT -> isConstant(b, 0) ? a : -1;
                case MINIMUM, MAXIMUM, AND, OR -> a == b ? a : -1;
                case NEGATE, NOT -> instructions.get(a).op() == op ? instructions.get(a).a() : -1;
                case CAST -> instructions.get(a).dtype() == dtype || widens(a, dtype) ? a : -1;
                case SELECT -> b == c ? b : -1;
                default -> -1;
            };
        }

        /** A cast of an input or cast in a storage type to its own compute type is free. */
        private boolean widens(int a, DType dtype) {
            return instructions.get(a).dtype().computeType() == dtype;
        }

        /** Tells 0 from -0, which a subtraction of 0 must. */
        private boolean isConstant(int number, double value) {
            Instruction instruction = instructions.get(number);
            return instruction.op() == Op.CONSTANT
                    && Double.compare(instruction.value(), value) == 0;
        }

        /** Declares the result of an instruction an output, stored in the given type. */
        public void output(int number, DType dtype) {
            outputs.add(number);
            outputTypes.add(dtype);
        }

        /** Returns the program of the outputs declared so far, without unused instructions. */
        public Program build() {
            List<Instruction> kept = new ArrayList<>(instructions.size());
            int[] renumbered = new int[instructions.size()];
            Arrays.fill(renumbered, -1);
            int[] results = new int[outputs.size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = keep(outputs.get(i), renumbered, kept);
            }
            return new Program(kept, results, outputTypes);
        }

        private int keep(int number, int[] renumbered, List<Instruction> kept) {
            if (number < 0) {
                return number;
            }
            if (renumbered[number] < 0) {
                Instruction n = instructions.get(number);
                int a = keep(n.a(), renumbered, kept);
                int b = keep(n.b(), renumbered, kept);
                int c = keep(n.c(), renumbered, kept);
                boolean same = a == n.a() && b == n.b() && c == n.c();
                renumbered[number] = kept.size();
                kept.add(same ? n : new Instruction(n.op(), n.dtype(), a, b, c, n.payload()));
            }
            return renumbered[number];
        }
    }
}

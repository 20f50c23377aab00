package org.gradus.cpu.pointwise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.gradus.cpu.pointwise.TileProgram.Input;
import org.gradus.cpu.pointwise.TileProgram.Literal;
import org.gradus.cpu.pointwise.TileProgram.Output;
import org.gradus.cpu.pointwise.TileProgram.Slot;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;

/** Turns a program into a {@link TileProgram}: assigns slots, and a loop to each instruction. */
final class TileCompiler {
    private final FloatOps ops;
    private final Philox philox = Philox.create();
    private final long uniformInputs;
    private final List<Instruction> instructions;
    private final int[] results;
    private final List<DType> outputTypes;
    private final boolean[] uniform;
    private final int[] lastUse;
    private final int[] slotOf;
    private final boolean[] spread;
    private final Map<DType, Deque<Integer>> free = new EnumMap<>(DType.class);
    private final List<Input> inputs = new ArrayList<>();
    private final List<Literal> literals = new ArrayList<>();
    private final List<Step> prologue = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Slot> own = new ArrayList<>();
    private int indexSlot = -1;
    private int slots;

    private TileCompiler(Program program, long uniformInputs, boolean widenIntegers, FloatOps ops) {
        this.ops = ops;
        this.uniformInputs = uniformInputs;
        this.instructions = new ArrayList<>(program.instructions());
        this.outputTypes = new ArrayList<>(program.outputTypes());
        this.results = new int[program.outputCount()];
        for (int i = 0; i < results.length; i++) {
            results[i] = converted(program.output(i), outputTypes.get(i));
            if (widenIntegers && !outputTypes.get(i).isFloating()) {
                outputTypes.set(i, DType.I64);
                results[i] = converted(results[i], DType.I64);
            }
        }
        int count = instructions.size();
        this.uniform = new boolean[count];
        this.lastUse = new int[count];
        this.slotOf = new int[count];
        this.spread = new boolean[count];
        for (DType type : program.inputTypes()) {
            boolean single = isUniformInput(inputs.size());
            inputs.add(new Input(type, single, true));
        }
        this.slots = inputs.size();
    }

    /**
     * Compiles a program.
     *
     * @param uniformInputs bit i says that input i is one element for all
     * @param widenIntegers whether to make outputs that are not floating {@code I64}
     */
    static TileProgram compile(
            Program program, long uniformInputs, boolean widenIntegers, FloatOps ops) {
        return new TileCompiler(program, uniformInputs, widenIntegers, ops).compile();
    }

    /** Appends a cast where storing alone would not convert a result to its output's type. */
    private int converted(int result, DType target) {
        DType type = instructions.get(result).dtype();
        boolean sameRegister = type.computeType() == target.computeType();
        // among several outputs, one that is just an input needs a copy: it may be overwritten
        boolean copied = results.length > 1 && instructions.get(result).op() == Op.INPUT;
        if (!copied && (type == target || sameRegister && target != DType.U8)) {
            return result;
        }
        instructions.add(new Instruction(Op.CAST, target, result, -1, -1, 0));
        return instructions.size() - 1;
    }

    private boolean isUniformInput(int input) {
        return input < Long.SIZE && (uniformInputs >>> input & 1) != 0;
    }

    private TileProgram compile() {
        findUses();
        for (int i = 0; i < instructions.size(); i++) {
            place(i);
        }
        List<Slot> spreadSlots = new ArrayList<>();
        for (int i = 0; i < spread.length; i++) {
            if (spread[i]) {
                spreadSlots.add(new Slot(slotOf[i], registerType(i)));
            }
        }
        return new TileProgram(
                usedInputs(),
                indexSlot,
                List.copyOf(literals),
                List.copyOf(prologue),
                spreadSlots,
                List.copyOf(steps),
                List.copyOf(own),
                outputs(),
                slots);
    }

    private void findUses() {
        Arrays.fill(lastUse, -1);
        for (int i = 0; i < instructions.size(); i++) {
            Instruction n = instructions.get(i);
            uniform[i] =
                    switch (n.op()) {
                        case CONSTANT, SCALAR -> true;
                        case INDEX -> false;
                        case INPUT -> isUniformInput((int) n.payload());
                        default -> isUniform(n.a()) && isUniform(n.b()) && isUniform(n.c());
                    };
            use(n.a(), i);
            use(n.b(), i);
            use(n.c(), i);
        }
        for (int result : results) {
            lastUse[result] = instructions.size();
            spread[result] |= uniform[result];
        }
    }

    private boolean isUniform(int operand) {
        return operand < 0 || uniform[operand];
    }

    private void use(int operand, int user) {
        if (operand >= 0) {
            lastUse[operand] = user;
            spread[operand] |= uniform[operand] && !uniform[user];
        }
    }

    private DType registerType(int instruction) {
        return instructions.get(instruction).dtype().computeType();
    }

    private void place(int i) {
        Instruction n = instructions.get(i);
        switch (n.op()) {
            case INPUT -> slotOf[i] = (int) n.payload();
            case INDEX -> {
                indexSlot = slots++;
                slotOf[i] = indexSlot;
            }
            case CONSTANT, SCALAR -> {
                slotOf[i] = slots++;
                int argument = n.op() == Op.SCALAR ? (int) n.payload() : -1;
                literals.add(
                        new Literal(new Slot(slotOf[i], registerType(i)), argument, n.payload()));
            }
            default -> {
                if (uniform[i]) {
                    slotOf[i] = newSlot(i);
                    prologue.add(step(n, slotOf[i]));
                } else {
                    // operands first: the result may take the place of one that is not needed again
                    release(i, n);
                    slotOf[i] = takeSlot(i);
                    steps.add(step(n, slotOf[i]));
                }
            }
        }
    }

    private void release(int i, Instruction n) {
        int[] operands = {n.a(), n.b(), n.c()};
        for (int k = 0; k < operands.length; k++) {
            int operand = operands[k];
            boolean repeated = k > 0 && operand == operands[0] || k > 1 && operand == operands[1];
            if (operand >= 0 && !repeated && lastUse[operand] == i && isTemporary(operand)) {
                free.computeIfAbsent(registerType(operand), type -> new ArrayDeque<>())
                        .push(slotOf[operand]);
            }
        }
    }

    private boolean isTemporary(int instruction) {
        return !uniform[instruction] && instructions.get(instruction).op().arity() > 0;
    }

    private int takeSlot(int i) {
        // an output keeps its slot to itself, so that it can stand for the tensor
        Deque<Integer> candidates = free.get(registerType(i));
        boolean output = lastUse[i] == instructions.size();
        return output || candidates == null || candidates.isEmpty() ? newSlot(i) : candidates.pop();
    }

    private int newSlot(int i) {
        own.add(new Slot(slots, registerType(i)));
        return slots++;
    }

    private Step step(Instruction n, int to) {
        int x = slotOf[n.a()];
        int y = n.b() < 0 ? -1 : slotOf[n.b()];
        DType type = n.dtype().computeType();
        DType operandType = registerType(n.a());
        switch (n.op()) {
            case CAST:
                return new Step.Cast(operandType, n.dtype(), to, x);
            case SELECT:
                return new Step.Select(ops, type, to, x, y, slotOf[n.c()]);
            case RANDOM_BITS:
                return new Step.RandomBits(philox, to, x, y);
            case EQUAL, LESS, LESS_EQUAL:
                return new Step.Compare(ops, n.op(), operandType, to, x, y);
            default:
        }
        boolean unary = n.op().arity() == 1;
        return switch (type) {
            case F32 ->
                    unary
                            ? new Step.FloatUnary(ops, n.op(), to, x)
                            : new Step.FloatBinary(ops, n.op(), to, x, y);
            case F64 ->
                    unary
                            ? new Step.DoubleUnary(n.op(), to, x)
                            : new Step.DoubleBinary(n.op(), to, x, y);
            case I64 ->
                    unary
                            ? new Step.LongUnary(n.op(), to, x)
                            : new Step.LongBinary(n.op(), to, x, y);
            default -> {
                if (type == DType.BOOL && n.op() == Op.NOT) {
                    yield new Step.LogicalNot(to, x);
                }
                yield unary
                        ? new Step.IntUnary(n.op(), to, x)
                        : new Step.IntBinary(n.op(), to, x, y);
            }
        };
    }

    private List<Input> usedInputs() {
        boolean[] used = new boolean[inputs.size()];
        for (Instruction n : instructions) {
            if (n.op() == Op.INPUT) {
                used[(int) n.payload()] = true;
            }
        }
        List<Input> result = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            Input input = inputs.get(i);
            result.add(new Input(input.dtype(), input.uniform() && used[i], used[i]));
        }
        return List.copyOf(result);
    }

    private List<Output> outputs() {
        List<Output> outputs = new ArrayList<>();
        int lastStep = -1;
        for (int i = 0; i < instructions.size(); i++) {
            lastStep = isTemporary(i) ? i : lastStep;
        }
        for (int k = 0; k < results.length; k++) {
            int result = results[k];
            DType dtype = outputTypes.get(k);
            boolean shared = false;
            for (int j = 0; j < k; j++) {
                shared |= results[j] == result;
            }
            boolean writable = isTemporary(result) && !shared && dtype == DType.F32;
            outputs.add(
                    new Output(
                            new Slot(slotOf[result], registerType(result)),
                            dtype,
                            writable,
                            result == lastStep));
        }
        return List.copyOf(outputs);
    }
}

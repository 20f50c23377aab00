package org.gradus.expr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;

/**
 * A named pointwise function of tensors, defined once in Java for all element types and devices:
 *
 * <pre>{@code
 * PointwiseFunction cube = PointwiseFunction.of("cube", x -> x.square().multiply(x));
 * PointwiseFunction scale =
 *         PointwiseFunction.of("scale", 1, 1, (x, s) -> x.get(0).multiply(s.get(0)));
 * }</pre>
 *
 * <p>Its gradients are again such functions, derived symbolically ({@link Derivative}) unless
 * {@linkplain #withDerivative given}; see {@link #pullback}. Instances are immutable and may be
 * shared by threads.
 */
public final class PointwiseFunction {
    /** The definition of a function of three inputs. */
    @FunctionalInterface
    public interface Ternary {
        /** Returns the value for the given arguments. */
        Expr apply(Expr a, Expr b, Expr c);
    }

    /** The definition of a function of any number of inputs and scalars. */
    @FunctionalInterface
    public interface Definition {
        /** Returns the value for the given arguments. */
        Expr apply(List<Expr> inputs, List<Expr> scalars);
    }

    private record Signature(List<DType> inputs, List<DType> scalars) {}

    private final String name;
    private final int inputs;
    private final int scalars;
    private final Definition definition;
    private final Map<Integer, Definition> derivatives;
    private final Map<Signature, Typed> typed = new ConcurrentHashMap<>();
    private final Map<Integer, PointwiseFunction> pullbacks = new ConcurrentHashMap<>();

    private PointwiseFunction(
            String name,
            int inputs,
            int scalars,
            Definition definition,
            Map<Integer, Definition> derivatives) {
        this.name = name;
        this.inputs = inputs;
        this.scalars = scalars;
        this.definition = definition;
        this.derivatives = Map.copyOf(derivatives);
    }

    /** Returns a function of one input. */
    public static PointwiseFunction of(String name, UnaryOperator<Expr> definition) {
        return of(name, 1, 0, (x, s) -> definition.apply(x.get(0)));
    }

    /** Returns a function of two inputs. */
    public static PointwiseFunction of(String name, BinaryOperator<Expr> definition) {
        return of(name, 2, 0, (x, s) -> definition.apply(x.get(0), x.get(1)));
    }

    /** Returns a function of three inputs. */
    public static PointwiseFunction of(String name, Ternary definition) {
        return of(name, 3, 0, (x, s) -> definition.apply(x.get(0), x.get(1), x.get(2)));
    }

    /**
     * Returns a function of tensors and of scalars.
     *
     * @param name what messages and kernel dumps call it
     * @param inputs the number of tensors
     * @param scalars the number of scalars, which are the same for all elements and have no
     *     gradient; they are arguments of the kernel, so that a new value needs no new kernel
     * @param definition gives the value of one element; it is called once per combination of types
     *     and must always give the same expression for the same types
     */
    public static PointwiseFunction of(
            String name, int inputs, int scalars, Definition definition) {
        return new PointwiseFunction(name, inputs, scalars, definition, Map.of());
    }

    /**
     * Returns this function of one input with a derivative of its own in place of the symbolic one,
     * as for a straight-through estimator: {@code ROUND.withDerivative(x -> x.literal(1))}.
     */
    public PointwiseFunction withDerivative(UnaryOperator<Expr> derivative) {
        return withDerivative(0, (x, s) -> derivative.apply(x.get(0)));
    }

    /**
     * Returns this function with a partial derivative of its own in place of the symbolic one. It
     * holds for the gradients of this function, not where {@link #apply} makes it part of another.
     *
     * @param input the number of the input
     * @param derivative gives the partial derivative by this input, from the inputs and scalars
     */
    public PointwiseFunction withDerivative(int input, Definition derivative) {
        Map<Integer, Definition> extended = new HashMap<>(derivatives);
        extended.put(checkInput(input), derivative);
        return new PointwiseFunction(name, inputs, scalars, definition, extended);
    }

    /**
     * Returns this function with an input turned into a scalar, which comes after its other
     * scalars: {@code ADD.bind(1)} adds a scalar to a tensor. A scalar does not take part in the
     * choice of the {@linkplain Typed#dtype() type} of the result while it is of the same kind.
     */
    public PointwiseFunction bind(int input) {
        checkInput(input);
        Map<Integer, Definition> rest = new HashMap<>();
        derivatives.forEach(
                (i, derivative) -> {
                    if (i != input) {
                        rest.put(i < input ? i : i - 1, bound(derivative, input));
                    }
                });
        return new PointwiseFunction(name, inputs - 1, scalars + 1, bound(definition, input), rest);
    }

    private static Definition bound(Definition definition, int input) {
        return (x, s) -> {
            List<Expr> arguments = new ArrayList<>(x);
            arguments.add(input, s.getLast());
            return definition.apply(arguments, s.subList(0, s.size() - 1));
        };
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the number of inputs. */
    public int inputs() {
        return inputs;
    }

    /** Returns the number of scalars. */
    public int scalars() {
        return scalars;
    }

    /** Returns the value for given expressions, to define other functions with. */
    public Expr apply(List<Expr> inputs, List<Expr> scalars) {
        check(inputs.size(), scalars.size());
        return definition.apply(inputs, scalars);
    }

    /** Returns the value for given expressions; for a function without scalars. */
    public Expr apply(Expr... inputs) {
        return apply(List.of(inputs), List.of());
    }

    /**
     * Returns this function for elements of the given types.
     *
     * @throws IllegalArgumentException if there are more or fewer types than inputs or scalars, or
     *     if the function has no meaning for them
     */
    public Typed typed(List<DType> inputTypes, List<DType> scalarTypes) {
        check(inputTypes.size(), scalarTypes.size());
        Signature signature = new Signature(List.copyOf(inputTypes), List.copyOf(scalarTypes));
        Typed known = typed.get(signature);
        return known != null ? known : typed.computeIfAbsent(signature, s -> new Typed(this, s));
    }

    /**
     * Returns the vector-Jacobian product by an input, {@code gradient * df/dx}: a function of the
     * inputs of this one and the gradient of its result, in this order, and of the same scalars.
     * Its result has the type of the input. It has a name as {@code relu.gradient0}, and can be
     * differentiated in turn, by the inputs and by the gradient.
     */
    public PointwiseFunction pullback(int input) {
        return pullbacks.computeIfAbsent(checkInput(input), this::newPullback);
    }

    private PointwiseFunction newPullback(int input) {
        return of(
                name + ".gradient" + input,
                inputs + 1,
                scalars,
                (x, s) -> {
                    Expr derivative =
                            typed(types(x.subList(0, inputs)), types(s)).derivative(input);
                    Expr gradient = Expr.input(inputs, x.getLast().dtype());
                    Expr product = Derivative.pullback(derivative, gradient);
                    return substitute(product, x, s, new IdentityHashMap<>())
                            .cast(x.get(input).dtype());
                });
    }

    private static List<DType> types(List<Expr> expressions) {
        return expressions.stream().map(Expr::dtype).toList();
    }

    private static Expr substitute(
            Expr e, List<Expr> inputs, List<Expr> scalars, Map<Expr, Expr> known) {
        Expr result = known.get(e);
        if (result == null) {
            result =
                    switch (e.op()) {
                        case INPUT -> inputs.get((int) e.payload());
                        case SCALAR -> scalars.get((int) e.payload());
                        default ->
                                e.withOperands(
                                        e.operands().stream()
                                                .map(x -> substitute(x, inputs, scalars, known))
                                                .toList());
                    };
            known.put(e, result);
        }
        return result;
    }

    private int checkInput(int input) {
        if (input < 0 || input >= inputs) {
            throw new IllegalArgumentException(
                    name
                            + " has no input "
                            + input
                            + ": its "
                            + inputs
                            + " inputs are counted from 0");
        }
        return input;
    }

    private void check(int givenInputs, int givenScalars) {
        if (givenInputs != inputs || givenScalars != scalars) {
            throw new IllegalArgumentException(
                    name
                            + " takes "
                            + inputs
                            + " inputs and "
                            + scalars
                            + " scalars, not "
                            + givenInputs
                            + " and "
                            + givenScalars);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** A function for elements of certain types: what a kernel is made from. */
    public static final class Typed {
        private final PointwiseFunction function;
        private final List<Expr> inputs;
        private final List<Expr> scalars;
        private final Expr expression;
        private final Program program;
        private final Set<Integer> used;
        private final boolean positional;
        private final boolean expensive;
        private final List<DType> inputTypes;
        private final List<DType> scalarTypes;
        private final Map<Integer, Expr> derivatives = new ConcurrentHashMap<>();
        private final Map<Integer, Set<Integer>> usedByDerivatives = new ConcurrentHashMap<>();

        private Typed(PointwiseFunction function, Signature signature) {
            this.function = function;
            this.inputs = leaves(signature.inputs, Expr::input);
            this.scalars = leaves(signature.scalars, Expr::scalar);
            this.inputTypes = signature.inputs;
            this.scalarTypes = signature.scalars;
            Expr value = function.definition.apply(inputs, scalars);
            this.expression = value.cast(storageType(value, signature.inputs));
            this.program = Program.of(expression);
            this.used = inputsOf(program);
            List<Program.Instruction> instructions = program.instructions();
            this.positional = instructions.stream().anyMatch(n -> n.op() == Op.INDEX);
            this.expensive = instructions.stream().anyMatch(n -> n.op().isExpensive());
        }

        private static Set<Integer> inputsOf(Program program) {
            return program.instructions().stream()
                    .filter(n -> n.op() == Op.INPUT)
                    .map(n -> (int) n.payload())
                    .collect(Collectors.toUnmodifiableSet());
        }

        private static List<Expr> leaves(
                List<DType> types, BiFunction<Integer, DType, Expr> constructor) {
            return IntStream.range(0, types.size())
                    .mapToObj(i -> constructor.apply(i, types.get(i)))
                    .toList();
        }

        /** Returns what arithmetic in the compute type of the promoted inputs is stored as. */
        private static DType storageType(Expr value, List<DType> inputTypes) {
            if (value.op() == Op.CAST || inputTypes.isEmpty()) {
                return value.dtype();
            }
            DType promoted = inputTypes.stream().reduce(DType::promote).get();
            return value.dtype() == promoted.computeType() ? promoted : value.dtype();
        }

        /** Returns the value of one element, of type {@link #dtype}. */
        public Expr expression() {
            return expression;
        }

        /**
         * Returns the type of the result: the promoted type of the inputs ({@code BF16} for {@code
         * BF16} inputs, although arithmetic is done in {@code F32}), unless the definition says
         * otherwise by a comparison, a function that is always floating, a cast, or a scalar of
         * another kind.
         */
        public DType dtype() {
            return expression.dtype();
        }

        /** Returns the partial derivative by an input, of a floating compute type. */
        public Expr derivative(int input) {
            return derivatives.computeIfAbsent(function.checkInput(input), this::newDerivative);
        }

        private Expr newDerivative(int input) {
            Definition given = function.derivatives.get(input);
            if (given == null) {
                return Derivative.of(expression, input);
            }
            DType type = expression.dtype().isFloating() ? expression.dtype() : DType.F32;
            return given.apply(inputs, scalars).cast(type.computeType());
        }

        /** Returns whether the derivative by an input is zero everywhere: nothing flows back. */
        public boolean isConstantIn(int input) {
            return derivative(input).isConstant(0);
        }

        /** Returns whether the value depends on an input at all; if not, it need not be kept. */
        public boolean reads(int input) {
            return used.contains(function.checkInput(input));
        }

        /**
         * Returns whether the derivative by any input depends on an input, so that it must be kept
         * until gradients have been computed.
         */
        public boolean pullbacksRead(int input) {
            function.checkInput(input);
            return IntStream.range(0, inputs.size()).anyMatch(i -> derivativeReads(i, input));
        }

        private boolean derivativeReads(int i, int input) {
            return usedByDerivatives
                    .computeIfAbsent(i, n -> inputsOf(Program.of(derivative(n))))
                    .contains(input);
        }

        /** Returns the number of instructions per element, operands included. */
        public int size() {
            return program.instructions().size();
        }

        /**
         * Returns whether one of the instructions {@linkplain Op#isExpensive is expensive}, so that
         * the result is better stored than computed twice.
         */
        public boolean isExpensive() {
            return expensive;
        }

        /** Returns the types of the inputs. */
        public List<DType> inputTypes() {
            return inputTypes;
        }

        /** Returns the types of the scalars. */
        public List<DType> scalarTypes() {
            return scalarTypes;
        }

        /**
         * Returns whether the value depends on the place of the element in the result, as random
         * numbers do, so that it must be computed in the shape it was asked for.
         */
        public boolean isPositional() {
            return positional;
        }
    }
}

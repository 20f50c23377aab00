package org.gradus.expr;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.dtype.DType;

/**
 * Symbolic derivatives of pointwise expressions, by the chain rule over the shared graph: each node
 * is derived once, so the work and the result are linear in the size of the expression.
 *
 * <p>A derivative that is zero everywhere is the literal 0; see {@link Expr#isConstant}. Literals,
 * scalars, the index, random numbers and everything that is not floating are constant, and so are
 * inputs that are not floating.
 *
 * <p>Conventions where the derivative does not exist or its formula does not hold, as in PyTorch:
 *
 * <ul>
 *   <li>{@code abs}: 0 at 0.
 *   <li>{@code sign}, {@code floor}, {@code ceil}, {@code round}: 0 everywhere.
 *   <li>{@code maximum}, {@code minimum}: 1 for the operand chosen, one half for each of two equal
 *       ones. So {@code max(x, 0)} has the derivative 1/2 at 0; a rectifier that should have 0
 *       there is written {@code select(x <= 0, 0, x)}, as {@link Activations#RELU} is.
 *   <li>{@code sqrt}: infinity at 0.
 *   <li>{@code a ^ b}: by a, {@code b * a ^ (b - 1)}, but 0 where b is 0; by b, {@code a ^ b *
 *       log(a)}, but 0 where a is 0 and b is not negative.
 *   <li>{@code remainder(a, b)}: by a, 1; by b, {@code -floor(a / b)}.
 *   <li>{@code select}: the derivative of the branch taken. A branch not taken never matters, even
 *       if its value or derivative is infinite or NaN.
 *   <li>A cast between floating types: 1.
 * </ul>
 */
public final class Derivative {
    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private final int input;
    private final Map<Expr, Expr> known = new IdentityHashMap<>();

    private Derivative(int input) {
        this.input = input;
    }

    /**
     * Returns the partial derivative by an input.
     *
     * @param expression what is derived
     * @param input the number of the input
     * @return an expression of the compute type of {@code expression}, or the {@code F32} literal 0
     *     if that is not a floating type
     */
    public static Expr of(Expr expression, int input) {
        return new Derivative(input).derive(expression);
    }

    /**
     * Returns the derivative by an input times an incoming gradient: the vector-Jacobian product of
     * a pointwise operation. Where the derivative is 0 because a branch of a {@code select} does
     * not depend on the input, the product is 0 even for an infinite or NaN gradient.
     *
     * @param expression what is derived
     * @param input the number of the input
     * @param gradientInput the number of the new input that holds the gradient, of the type of
     *     {@code expression}
     */
    public static Expr pullback(Expr expression, int input, int gradientInput) {
        Expr derivative = of(expression, input);
        return pullback(derivative, Expr.input(gradientInput, expression.dtype()));
    }

    /** Returns a derivative times a gradient of any floating type. */
    static Expr pullback(Expr derivative, Expr gradient) {
        return product(derivative, gradient.cast(derivative.dtype()));
    }

    // ---- rules

    private Expr derive(Expr e) {
        if (!e.dtype().isFloating()) {
            return Expr.constant(0, DType.F32);
        }
        Expr derivative = known.get(e);
        if (derivative == null) {
            derivative = rule(e, e.operands());
            known.put(e, derivative);
        }
        return derivative;
    }

    private Expr rule(Expr e, List<Expr> operands) {
        DType type = e.dtype().computeType();
        return switch (e.op()) {
            case INPUT -> Expr.constant(e.payload() == input ? 1 : 0, type);
            case CONSTANT, SCALAR, INDEX, RANDOM_BITS -> Expr.constant(0, type);
            case SIGN, FLOOR, CEIL, ROUND -> Expr.constant(0, type);
            case NOT, AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> Expr.constant(0, type);
            case EQUAL, LESS, LESS_EQUAL -> Expr.constant(0, type);
            case CAST -> conversion(derive(operands.get(0)), type);
            case SELECT ->
                    choice(operands.get(0), derive(operands.get(1)), derive(operands.get(2)));
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, POWER, MINIMUM, MAXIMUM ->
                    binaryRule(e, operands.get(0), operands.get(1));
            default -> {
                Expr inner = derive(operands.get(0));
                yield isZero(inner) ? inner : unaryRule(e, operands.get(0), inner);
            }
        };
    }

    private static Expr unaryRule(Expr e, Expr x, Expr dx) {
        return switch (e.op()) {
            case NEGATE -> negation(dx);
            case ABSOLUTE -> product(dx, x.sign());
            case RECIPROCAL -> product(dx, e.square().negate());
            case SQRT -> product(dx, e.literal(0.5).divide(e));
            case RSQRT -> product(dx, e.square().multiply(e).multiply(-0.5));
            case EXP -> product(dx, e);
            case EXPM1 -> product(dx, x.exp());
            case LOG -> quotient(dx, x);
            case LOG1P -> quotient(dx, x.add(1));
            case SIN -> product(dx, x.cos());
            case COS -> product(dx, x.sin().negate());
            case TANH -> product(dx, e.literal(1).subtract(e.square()));
            case ERF -> product(dx, x.square().negate().exp().multiply(TWO_OVER_SQRT_PI));
            default -> throw new AssertionError("no derivative of " + e.op());
        };
    }

    private Expr binaryRule(Expr e, Expr a, Expr b) {
        Expr da = derive(a);
        Expr db = derive(b);
        return switch (e.op()) {
            case ADD -> sum(da, db);
            case SUBTRACT -> sum(da, negation(db));
            case MULTIPLY -> sum(product(da, b), product(db, a));
            case DIVIDE -> quotient(sum(da, negation(product(db, e))), b);
            case REMAINDER -> sum(da, negation(product(db, a.divide(b).floor())));
            case POWER -> sum(powerByBase(a, b, da), powerByExponent(e, a, b, db));
            case MAXIMUM -> extremum(a, b, da, db, a.lessThan(b), b.lessThan(a));
            case MINIMUM -> extremum(a, b, da, db, b.lessThan(a), a.lessThan(b));
            default -> throw new AssertionError("no derivative of " + e.op());
        };
    }

    private static Expr powerByBase(Expr a, Expr b, Expr da) {
        if (isZero(da)) {
            return da;
        }
        if (b.op() == Op.CONSTANT) {
            double exponent = b.constantValue();
            if (exponent == 0 || exponent == 1) {
                return exponent == 0 ? b : da;
            }
            Expr power = exponent == 2 ? a : a.power(b.literal(exponent - 1));
            return product(da, power.multiply(exponent));
        }
        Expr slope = b.multiply(a.power(b.subtract(1)));
        return choice(b.equalTo(b.literal(0)), b.literal(0), product(da, slope));
    }

    private static Expr powerByExponent(Expr e, Expr a, Expr b, Expr db) {
        if (isZero(db)) {
            return db;
        }
        Expr zero = a.literal(0);
        Expr flat = a.equalTo(zero).and(b.greaterOrEqual(zero));
        return choice(flat, zero, product(db, e.multiply(a.log())));
    }

    /** Gives each operand its derivative where it does not lose, and half of it where both win. */
    private static Expr extremum(Expr a, Expr b, Expr da, Expr db, Expr aLoses, Expr bLoses) {
        Expr zero = a.literal(0);
        Expr share = a.equalTo(b).select(a.literal(0.5), 1);
        return sum(
                choice(aLoses, zero, product(da, share)), choice(bLoses, zero, product(db, share)));
    }

    // ---- construction with simplification
    //
    // The first argument of a product or quotient is a derivative. If it is select(c, d, 0), the
    // factor goes inside, and the result is again of this form: where c is false it is 0, even if
    // the factor is infinite. Nested ones are merged into one, so that each step adds few nodes.

    private static boolean isZero(Expr e) {
        return e.isConstant(0);
    }

    private static boolean isGuarded(Expr e) {
        return e.op() == Op.SELECT && isZero(e.operands().get(2));
    }

    private static Expr choice(Expr condition, Expr yes, Expr no) {
        if (yes == no || isZero(yes) && isZero(no) || yes.isConstant(1) && no.isConstant(1)) {
            return yes;
        }
        if (isZero(yes)) {
            return choice(complement(condition), no, yes);
        }
        if (isZero(no) && isGuarded(yes)) {
            return choice(condition.and(yes.operands().get(0)), yes.operands().get(1), no);
        }
        return condition.select(yes, no);
    }

    private static Expr complement(Expr condition) {
        return condition.op() == Op.NOT ? condition.operands().get(0) : condition.not();
    }

    private static Expr product(Expr derivative, Expr factor) {
        if (isZero(derivative) || factor.isConstant(1)) {
            return derivative;
        }
        if (isZero(factor) || derivative.isConstant(1)) {
            return factor;
        }
        if (derivative.op() == Op.CONSTANT && factor.op() == Op.CONSTANT) {
            return derivative.literal(derivative.constantValue() * factor.constantValue());
        }
        if (derivative.isConstant(-1)) {
            return factor.negate();
        }
        if (isGuarded(derivative)) {
            List<Expr> guard = derivative.operands();
            return choice(guard.get(0), product(guard.get(1), factor), guard.get(2));
        }
        return derivative.multiply(factor);
    }

    private static Expr quotient(Expr derivative, Expr divisor) {
        if (isZero(derivative)) {
            return derivative;
        }
        if (isGuarded(derivative)) {
            List<Expr> guard = derivative.operands();
            return choice(guard.get(0), quotient(guard.get(1), divisor), guard.get(2));
        }
        return derivative.isConstant(1) ? divisor.reciprocal() : derivative.divide(divisor);
    }

    private static Expr sum(Expr a, Expr b) {
        if (a.op() == Op.CONSTANT && b.op() == Op.CONSTANT) {
            return a.literal(a.constantValue() + b.constantValue());
        }
        if (isGuarded(a) && isGuarded(b) && a.operands().get(0) == b.operands().get(0)) {
            List<Expr> guard = a.operands();
            return choice(guard.get(0), sum(guard.get(1), b.operands().get(1)), guard.get(2));
        }
        return isZero(a) ? b : isZero(b) ? a : a.add(b);
    }

    private static Expr conversion(Expr derivative, DType type) {
        if (isGuarded(derivative)) {
            List<Expr> guard = derivative.operands();
            return choice(guard.get(0), guard.get(1).cast(type), guard.get(2).cast(type));
        }
        return derivative.cast(type);
    }

    private static Expr negation(Expr derivative) {
        if (isGuarded(derivative)) {
            List<Expr> guard = derivative.operands();
            return choice(guard.get(0), negation(guard.get(1)), guard.get(2));
        }
        return switch (derivative.op()) {
            case CONSTANT -> derivative.literal(0 - derivative.constantValue());
            case NEGATE -> derivative.operands().get(0);
            default -> derivative.negate();
        };
    }
}

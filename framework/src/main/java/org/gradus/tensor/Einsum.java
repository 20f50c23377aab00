package org.gradus.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.shape.Shape;

/**
 * Sums of products in Einstein's notation, as batched matrix products of two operands at a time.
 */
final class Einsum {
    /** A tensor whose axes have names, all different. */
    private record Named(Tensor tensor, String names) {}

    private Einsum() {}

    static Tensor of(String equation, Tensor... operands) {
        String text = equation.replace(" ", "");
        String[] sides = text.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        if (sides.length != 2 || terms.length != operands.length || operands.length == 0) {
            throw new TensorException(
                    "einsum: '"
                            + equation
                            + "' does not name "
                            + operands.length
                            + " operand(s) and a result, as in \"ik,kj->ij\"");
        }
        String result = sides[1];
        checkSizes(equation, terms, result, operands);
        List<Named> open = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            open.add(diagonal(new Named(operands[i], terms[i])));
        }
        Named product = open.getFirst();
        for (int i = 1; i < open.size(); i++) {
            StringBuilder later = new StringBuilder(result);
            open.subList(i + 1, open.size()).forEach(n -> later.append(n.names()));
            product = multiply(product, open.get(i), later.toString());
        }
        product = sumExcept(product, result);
        return arrange(product, result);
    }

    private static void checkSizes(
            String equation, String[] terms, String result, Tensor[] operands) {
        Map<Character, Integer> sizes = new LinkedHashMap<>();
        for (int i = 0; i < terms.length; i++) {
            if (terms[i].length() != operands[i].rank()) {
                throw new TensorException(
                        "einsum: '"
                                + terms[i]
                                + "' of '"
                                + equation
                                + "' does not name the axes of a tensor of shape "
                                + operands[i].shape());
            }
            for (int axis = 0; axis < terms[i].length(); axis++) {
                char name = terms[i].charAt(axis);
                Integer known = sizes.putIfAbsent(name, operands[i].size(axis));
                if (known != null && known != operands[i].size(axis)) {
                    throw new TensorException(
                            "einsum: axis '"
                                    + name
                                    + "' of '"
                                    + equation
                                    + "' has sizes "
                                    + known
                                    + " and "
                                    + operands[i].size(axis));
                }
            }
        }
        for (char name : result.toCharArray()) {
            if (!sizes.containsKey(name) || result.indexOf(name) != result.lastIndexOf(name)) {
                throw new TensorException(
                        "einsum: axis '"
                                + name
                                + "' of the result of '"
                                + equation
                                + "' is in no operand, or named twice");
            }
        }
    }

    /** Merges axes of one name into their diagonal. */
    private static Named diagonal(Named operand) {
        Tensor x = operand.tensor();
        StringBuilder names = new StringBuilder(operand.names());
        for (int i = 0; i < names.length(); i++) {
            int twin = names.lastIndexOf(String.valueOf(names.charAt(i)));
            while (twin > i) {
                Tensor moved = toEnd(toEnd(x, i), twin - 1);
                Tensor eye = Tensor.eye(x.device(), x.dtype(), moved.size(-1));
                x = moved.mul(eye).sum(-1);
                char name = names.charAt(i);
                names.deleteCharAt(twin).deleteCharAt(i).append(name);
                twin = names.lastIndexOf(String.valueOf(names.charAt(i)));
            }
        }
        return new Named(x, names.toString());
    }

    private static Tensor toEnd(Tensor x, int axis) {
        int[] order = new int[x.rank()];
        for (int i = 0, next = 0; i < order.length; i++) {
            if (i != axis) {
                order[next++] = i;
            }
        }
        order[order.length - 1] = axis;
        return x.permute(order);
    }

    /** Multiplies two operands as matrices: axes are shared, summed, left or right. */
    private static Named multiply(Named left, Named right, String later) {
        Named a = sumExcept(left, later + right.names());
        Named b = sumExcept(right, later + left.names());
        String shared = select(a.names(), n -> has(b.names(), n) && has(later, n));
        String summed = select(a.names(), n -> has(b.names(), n) && !has(later, n));
        String rows = select(a.names(), n -> !has(b.names(), n));
        String columns = select(b.names(), n -> !has(a.names(), n));
        Tensor x = grouped(a, shared, rows, summed);
        Tensor y = grouped(b, shared, summed, columns);
        String names = shared + rows + columns;
        int[] sizes = new int[names.length()];
        for (int i = 0; i < sizes.length; i++) {
            char name = names.charAt(i);
            Named owner = has(a.names(), name) ? a : b;
            sizes[i] = owner.tensor().size(owner.names().indexOf(name));
        }
        return new Named(x.matmul(y).reshape(Shape.of(sizes)), names);
    }

    private static Tensor grouped(Named operand, String... groups) {
        Tensor x = arrange(operand, String.join("", groups));
        int[] sizes = new int[groups.length];
        for (int i = 0, axis = 0; i < groups.length; i++) {
            sizes[i] = 1;
            for (int k = 0; k < groups[i].length(); k++) {
                sizes[i] *= x.size(axis++);
            }
        }
        return x.reshape(Shape.of(sizes));
    }

    private static Named sumExcept(Named operand, String kept) {
        int[] axes = new int[operand.names().length()];
        int count = 0;
        for (int i = 0; i < operand.names().length(); i++) {
            if (!has(kept, operand.names().charAt(i))) {
                axes[count++] = i;
            }
        }
        return count == 0
                ? operand
                : new Named(
                        operand.tensor().sum(Arrays.copyOf(axes, count)),
                        select(operand.names(), n -> has(kept, n)));
    }

    private static Tensor arrange(Named operand, String names) {
        int[] order = names.chars().map(n -> operand.names().indexOf(n)).toArray();
        return operand.tensor().permute(order);
    }

    private interface Test {
        boolean accepts(char name);
    }

    private static String select(String names, Test test) {
        StringBuilder result = new StringBuilder();
        for (char name : names.toCharArray()) {
            if (test.accepts(name)) {
                result.append(name);
            }
        }
        return result.toString();
    }

    private static boolean has(String names, char name) {
        return names.indexOf(name) >= 0;
    }
}

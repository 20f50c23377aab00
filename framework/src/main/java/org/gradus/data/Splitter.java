package org.gradus.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Cuts data sets in two by a seed. */
final class Splitter {
    private Splitter() {}

    static Split split(Dataset dataset, double fraction, long seed) {
        requireFraction(fraction);
        int[] order = Order.shuffled(dataset.size(), seed, 0);
        int cut = (int) Math.round(fraction * order.length);
        return parts(
                dataset,
                Arrays.copyOf(order, cut),
                Arrays.copyOfRange(order, cut, order.length),
                fraction);
    }

    static Split stratified(Dataset dataset, double fraction, long seed) {
        requireFraction(fraction);
        if (dataset.classes().isEmpty()) {
            throw new IllegalArgumentException(
                    dataset.description() + " has no classes to stratify by: use split instead");
        }
        SortedMap<Long, List<Integer>> byClass = new TreeMap<>();
        for (int index : Order.shuffled(dataset.size(), seed, 0)) {
            long label = dataset.get(index).target().getLong(0);
            byClass.computeIfAbsent(label, ignored -> new ArrayList<>()).add(index);
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        for (List<Integer> members : byClass.values()) {
            int cut = (int) Math.round(fraction * members.size());
            train.addAll(members.subList(0, cut));
            validation.addAll(members.subList(cut, members.size()));
        }
        return parts(dataset, sorted(train), sorted(validation), fraction);
    }

    private static Split parts(Dataset dataset, int[] train, int[] validation, double fraction) {
        if (train.length == 0 || validation.length == 0) {
            throw new IllegalArgumentException(
                    "a fraction of "
                            + fraction
                            + " leaves "
                            + train.length
                            + " and "
                            + validation.length
                            + " of the "
                            + dataset.size()
                            + " samples of "
                            + dataset.description()
                            + ": choose one that leaves both parts at least one sample");
        }
        return new Split(
                new Subset(dataset, train, dataset.description() + ", training part"),
                new Subset(dataset, validation, dataset.description() + ", validation part"));
    }

    private static int[] sorted(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static void requireFraction(double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "the training part's fraction is above 0 and below 1, not " + fraction);
        }
    }
}

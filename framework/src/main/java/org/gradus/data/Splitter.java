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
        List<Long> labels = new ArrayList<>();
        for (int i = 0; i < dataset.size(); i++) {
            labels.add(dataset.get(i).target().getLong(0));
        }
        Parts<int[]> indices = stratified(labels, dataset.description(), fraction, seed);
        return parts(dataset, indices.train(), indices.validation(), fraction);
    }

    /** Returns the indices of the parts, sorted, of which each has its share of each label. */
    static <T extends Comparable<T>> Parts<int[]> stratified(
            List<T> labels, String description, double fraction, long seed) {
        requireFraction(fraction);
        SortedMap<T, List<Integer>> byClass = new TreeMap<>();
        for (int index : Order.shuffled(labels.size(), seed, 0)) {
            byClass.computeIfAbsent(labels.get(index), _ -> new ArrayList<>()).add(index);
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        for (List<Integer> members : byClass.values()) {
            int cut = (int) Math.round(fraction * members.size());
            train.addAll(members.subList(0, cut));
            validation.addAll(members.subList(cut, members.size()));
        }
        requireBoth(train.size(), validation.size(), description, fraction);
        return new Parts<>(sorted(train), sorted(validation));
    }

    private static Split parts(Dataset dataset, int[] train, int[] validation, double fraction) {
        requireBoth(train.length, validation.length, dataset.description(), fraction);
        return new Split(
                new Subset(dataset, train, dataset.description() + ", training part"),
                new Subset(dataset, validation, dataset.description() + ", validation part"));
    }

    private static int[] sorted(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    static void requireBoth(int train, int validation, String description, double fraction) {
        if (train == 0 || validation == 0) {
            throw new IllegalArgumentException(
                    "a fraction of "
                            + fraction
                            + " leaves "
                            + train
                            + " and "
                            + validation
                            + " of the "
                            + (train + validation)
                            + " samples of "
                            + description
                            + ": choose one that leaves both parts at least one sample");
        }
    }

    static void requireFraction(double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "the training part's fraction is above 0 and below 1, not " + fraction);
        }
    }
}

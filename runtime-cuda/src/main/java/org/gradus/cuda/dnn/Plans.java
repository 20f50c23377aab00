package org.gradus.cuda.dnn;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was prepared for each problem that was met, and for which problems nothing can be: the most
 * recently used ones. Used with the stream's lock held.
 *
 * @param <K> what describes a problem
 * @param <P> what is prepared for it
 */
final class Plans<K, P extends Cudnn.Prepared> {
    /** Problems of a large network, forward and backward, in several sizes. */
    static final int MOST = 1024;

    private final int most;
    private final Map<K, Optional<P>> plans = new LinkedHashMap<>(16, 0.75f, true);

    /** Creates an empty collection of at most so many. */
    Plans(int most) {
        this.most = most;
    }

    /** Returns the plan of a problem, prepared if need be, or nothing if it has none. */
    Optional<P> get(K problem, Function<K, Optional<P>> prepare) {
        Optional<P> plan = plans.get(problem);
        if (plan == null) {
            plan = prepare.apply(problem);
            put(problem, plan);
        }
        return plan;
    }

    /** Remembers that a problem has no plan. */
    void forget(K problem) {
        put(problem, Optional.empty());
    }

    private void put(K problem, Optional<P> plan) {
        Optional<P> before = plans.put(problem, plan);
        if (before != null) {
            before.ifPresent(Cudnn.Prepared::close);
        }
        if (plans.size() > most) {
            Iterator<Optional<P>> oldest = plans.values().iterator();
            oldest.next().ifPresent(Cudnn.Prepared::close);
            oldest.remove();
        }
    }

    /** Returns how many problems are remembered. */
    int size() {
        return plans.size();
    }

    /** Gives all descriptors back. */
    void close() {
        plans.values().forEach(plan -> plan.ifPresent(Cudnn.Prepared::close));
        plans.clear();
    }
}

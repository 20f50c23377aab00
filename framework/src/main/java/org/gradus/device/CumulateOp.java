package org.gradus.device;

/** How a running total combines elements. */
public enum CumulateOp {
    /** Running sum. */
    SUM,
    /** Running product. */
    PRODUCT
}

package org.gradus.cuda.dnn;

/**
 * A way in which cuDNN can compute a convolution.
 *
 * @param number cuDNN's
 * @param status 0 if it can be used
 * @param workspaceBytes the memory it needs besides
 * @param isDeterministic whether the same arguments always give the same bits
 * @param mathType {@code cudnnMathType_t}: with or without tensor cores
 */
record Algorithm(
        int number, int status, long workspaceBytes, boolean isDeterministic, int mathType) {}

"""Elements picked, scattered, sorted and accumulated."""

import torch
from torch.nn import functional as F

from golden import away, integers, normal, values

NAN = float("nan")


def indices(bound, *shape):
    return integers(0, max(bound, 1), *shape)


def sort(x, axis, descending):
    return tuple(x.sort(dim=axis, descending=descending, stable=True))


def add(g):
    for shape, axis, index in [((7,), 0, (5,)), ((5, 7), 0, (3, 7)), ((5, 7), 1, (5, 11)),
                               ((3, 5, 7), 1, (3, 2, 7)), ((3, 5, 7), 2, (2, 4, 9)),
                               ((5, 7), 0, (0, 7)), ((1, 1), 1, (1, 3))]:
        g.case("gather", [normal(*shape), indices(shape[axis], *index)],
               lambda x, i, axis: x.gather(axis, i), length=11, axis=axis)
    for shape, axis, index in [((7,), 0, (5,)), ((5, 7), 0, (13, 7)), ((5, 7), 1, (5, 3)),
                               ((3, 5, 7), 1, (3, 2, 7)), ((5,), 0, (0,)), ((3, 4), 0, (11, 2))]:
        g.case("scatterAdd", [normal(*shape), indices(shape[axis], *index), normal(*index)],
               lambda x, i, s, axis: x.scatter_add(axis, i, s), length=11, axis=axis)
    for shape, axis, index in [((7, 3), 0, (5,)), ((3, 7), 1, (4,)), ((11, 5), 0, (2, 3)),
                               ((3, 7, 2), 1, (2, 2)), ((7, 3), 0, (0,))]:
        def picked(x, i, axis):
            flat = x.index_select(axis, i.reshape(-1))
            return flat.reshape(x.shape[:axis] + i.shape + x.shape[axis + 1:])
        g.case("indexSelect", [normal(*shape), indices(shape[axis], *index)], picked, length=6,
               axis=axis)
    for descending in [False, True]:
        for shape, axis in [((13,), 0), ((5, 7), 0), ((5, 7), 1), ((3, 5, 7), 1), ((0,), 0),
                            ((1, 3), 0)]:
            g.case("sort", [normal(*shape)], sort, axis=axis, descending=descending)
        g.case("sort", [values([1.0, NAN, -1.0, 1.0, float("inf"), NAN, -0.0, 0.0])], sort,
               axis=0, descending=descending, gradients=False, note="special")
        g.case("sort", [integers(0, 4, 17)], sort, axis=0, descending=descending)
        g.case("argsort", [integers(0, 4, 5, 7)],
               lambda x, axis, descending: x.argsort(dim=axis, descending=descending, stable=True),
               axis=1, descending=descending)
    for shape, count, axis in [((13,), 5, 0), ((5, 7), 3, 1), ((5, 7), 1, 0), ((5, 7), 7, 1),
                               ((3, 4), 0, 1)]:
        g.case("topk", [normal(*shape)],
               lambda x, count, axis: tuple(x.topk(count, dim=axis, largest=True, sorted=True)),
               count=count, axis=axis)
    for shape in [(), (5,), (2, 3), (0,)]:
        g.case("oneHot", [integers(0, 4, *shape)],
               lambda x, classes: F.one_hot(x, classes).float(), classes=4)
    for op, function in [("cumsum", torch.cumsum), ("cumprod", torch.cumprod)]:
        for shape, axis in [((7,), 0), ((5, 7), 0), ((5, 7), 1), ((3, 5, 2), 1), ((0, 3), 0),
                            ((1,), 0)]:
            g.case(op, [away(*shape)], lambda x, axis, f=function: f(x, axis),
                   length=shape[axis] ** 2 or 1, axis=axis)
    g.case("cumsum", [integers(-9, 9, 11)], lambda x, axis: x.cumsum(axis), axis=0)
    g.case("cumprod", [values([[1.0, 0.0, 2.0, 3.0], [0.0, 2.0, 0.0, 1.0]])],
           lambda x, axis: x.cumprod(axis), axis=1, note="zeros")
    for op, function in [("triu", torch.triu), ("tril", torch.tril)]:
        for shape, diagonal in [((5, 5), 0), ((3, 7), 1), ((7, 3), -1), ((2, 4, 4), 0),
                                ((3, 3), 9), ((1, 1), 0)]:
            g.case(op, [normal(*shape)], lambda x, diagonal, f=function: f(x, diagonal),
                   diagonal=diagonal)

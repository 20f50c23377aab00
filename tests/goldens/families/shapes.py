"""Views, joins and parts."""

import torch
from torch.nn import functional as F

from golden import integers, normal


def add(g):
    for shape, to in [((6,), [2, 3]), ((2, 3), [6]), ((2, 3, 5), [5, -1]), ((), [1]), ((1,), []),
                      ((0, 3), [3, 0]), ((2, 3), [2, 1, 3]), ((4, 6), [2, 2, 3, 2])]:
        g.case("reshape", [normal(*shape)], lambda x, shape: x.reshape(shape), shape=to)
    for shape, order in [((3, 5), [1, 0]), ((2, 3, 5), [2, 0, 1]), ((2, 3, 5), [-1, 1, 0]),
                         ((), []), ((0, 3), [1, 0]), ((1, 4, 1), [1, 2, 0])]:
        g.case("permute", [normal(*shape)], lambda x, order: x.permute(order), order=order)
    g.case("transpose", [normal(2, 3, 5)], lambda x, first, second: x.transpose(first, second),
           first=0, second=-1)
    g.case("mT", [normal(2, 3, 5)], lambda x: x.mT)
    for shape, to in [((1, 5), [3, 5]), ((5,), [3, 5]), ((), [2, 3]), ((3, 1), [2, 3, 4]),
                      ((1,), [0]), ((3, 1), [-1, 4])]:
        g.case("expand", [normal(*shape)], lambda x, shape: x.expand(shape), shape=to, length=12)
    for axis in [0, 1, 2, -1]:
        g.case("unsqueeze", [normal(3, 5)], lambda x, axis: x.unsqueeze(axis), axis=axis)
    g.case("squeeze", [normal(3, 1, 5)], lambda x, axis: x.squeeze(axis), axis=1)
    g.case("squeeze", [normal(3, 1, 5)], lambda x, axis: x.squeeze(axis), axis=0)
    g.case("squeezeAll", [normal(1, 3, 1, 5)], lambda x: x.squeeze())
    for first, last in [(0, -1), (1, 2), (0, 1), (1, 1)]:
        g.case("flatten", [normal(2, 3, 4)],
               lambda x, first, last: x.flatten(first, last), first=first, last=last)
    for axis, start, size in [(0, 1, 2), (1, 0, 5), (1, 2, 0), (-1, 4, 1)]:
        g.case("narrow", [normal(3, 5)], lambda x, axis, start, length_: x.narrow(
            axis, start, length_), axis=axis, start=start, length_=size)
    for axis, at in [(0, 1), (1, -1), (-1, 0)]:
        g.case("select", [normal(3, 5)], lambda x, axis, at: x.select(axis, at), axis=axis, at=at)
    for axis, start, end, step in [(0, 0, 3, 2), (1, 1, 5, 3), (1, -3, -1, 1), (0, 2, 1, 1),
                                   (1, 0, 99, 2), (1, 4, 5, 7)]:
        def sliced(x, axis, start, end, step):
            return x[(slice(None),) * axis + (slice(start, end, step),)]
        g.case("slice", [normal(4, 5)], sliced, axis=axis, start=start, end=end, step=step)
    for shape, number, widths in [((3,), 0, [1, 2]), ((2, 3), 0, [1, 0, 0, 2]),
                                  ((2, 3), -1.5, [1, 2]), ((2, 3, 2), 2.5, [1, 1, 0, 0, 2, 1]),
                                  ((0, 2), 1.0, [1, 1]), ((2, 3), 0, [0, 0])]:
        g.case("pad", [normal(*shape)], lambda x, number, widths: F.pad(x, widths, value=number),
               number=number, widths=widths)
    for shape, axes in [((5,), [0]), ((3, 5), [1]), ((3, 5), [0, 1]), ((2, 3, 5), [0, -1]),
                        ((0, 3), [0]), ((1, 3), [0])]:
        g.case("flip", [normal(*shape)], lambda x, axes: x.flip(axes), axes=axes)
    g.case("copy", [normal(3, 5)], lambda x: x.clone())
    g.case("contiguous", [normal(3, 5)], lambda x: x.contiguous().clone())
    for shape, size, axis in [((7,), 3, 0), ((3, 6), 2, 1), ((3, 5), 9, 0), ((4, 2), 1, 0)]:
        g.case("split", [normal(*shape)], lambda x, size, axis: x.split(size, axis), size=size,
               axis=axis)
    for shape, count, axis in [((7,), 3, 0), ((3, 6), 3, 1), ((5, 2), 4, 0), ((2, 2), 5, 0)]:
        g.case("chunk", [normal(*shape)], lambda x, count, axis: x.chunk(count, axis),
               count=count, axis=axis)
    for axis, shapes in [(0, [(2, 3), (1, 3), (4, 3)]), (1, [(2, 3), (2, 1)]), (-1, [(5,), (0,)]),
                         (1, [(2, 0, 3), (2, 2, 3)]), (0, [(3,)])]:
        g.case("cat", [normal(*s) for s in shapes], lambda *x, axis: torch.cat(x, axis), axis=axis)
    g.case("cat", [integers(0, 9, 3), normal(2)], lambda *x, axis: torch.cat(x, axis), axis=0)
    for axis in [0, 1, -1]:
        g.case("stack", [normal(2, 3), normal(2, 3), normal(2, 3)],
               lambda *x, axis: torch.stack(x, axis), axis=axis)
    g.case("stack", [normal(), normal()], lambda *x, axis: torch.stack(x, axis), axis=0)

"""Products of matrices and vectors."""

import torch
from torch.nn import functional as F

from golden import normal

MATMULS = [((3, 5), (5, 7)), ((1, 1), (1, 1)), ((17, 19), (19, 23)), ((5,), (5,)), ((5,), (5, 3)),
           ((3, 5), (5,)), ((2, 3, 5), (5, 7)), ((2, 3, 5), (2, 5, 7)), ((3, 5), (2, 5, 7)),
           ((2, 1, 3, 5), (4, 5, 2)), ((5,), (2, 5, 3)), ((2, 3, 5), (5,)), ((0, 5), (5, 3)),
           ((3, 5), (5, 0)), ((3, 0), (0, 4)), ((0, 3, 5), (5, 2)), ((33, 65), (65, 37)),
           ((1, 64), (64, 1)), ((64, 1), (1, 64)), ((13, 16), (16, 32))]

EINSUMS = [("ik,kj->ij", (3, 5), (5, 7)), ("ij,ij->", (3, 5), (3, 5)), ("ij->ji", (3, 5)),
           ("bik,bkj->bij", (2, 3, 5), (2, 5, 7)), ("i,j->ij", (3,), (5,)), ("ii->i", (4, 4)),
           ("ii->", (4, 4)), ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
           ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ijk->ik", (2, 3, 4)), ("i,i->i", (5,), (5,)),
           ("ijk,jil->kl", (2, 3, 4), (3, 2, 5))]


def add(g):
    for a, b in MATMULS:
        g.case("matmul", [normal(*a), normal(*b)], torch.matmul, length=128)
    for x, w, bias in [((3, 5), (7, 5), True), ((3, 5), (7, 5), False), ((2, 3, 5), (7, 5), True),
                       ((5,), (7, 5), True), ((0, 5), (7, 5), True), ((1, 1), (1, 1), True),
                       ((17, 33), (65, 33), True)]:
        inputs = [normal(*x), normal(*w)] + ([normal(w[0])] if bias else [])
        g.case("linear", inputs, F.linear, length=80)
    g.case("dot", [normal(13), normal(13)], torch.dot, length=13)
    g.case("dot", [normal(0), normal(0)], torch.dot)
    g.case("outer", [normal(3), normal(7)], torch.outer, length=7)
    g.case("outer", [normal(0), normal(7)], torch.outer)
    for equation, *shapes in EINSUMS:
        g.case("einsum", [normal(*s) for s in shapes],
               lambda *x, equation: torch.einsum(equation, *x), length=60, equation=equation)

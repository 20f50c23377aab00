"""Functions of each element, arithmetic with broadcasting, and what happens at kinks."""

import torch
from torch.nn import functional as F

from golden import away, between, flags, integers, normal, values

INF = float("inf")
NAN = float("nan")

# operation, PyTorch's function, and a range in which it is smooth
UNARY = [
    ("neg", torch.neg, -3, 3),
    ("abs", torch.abs, -3, 3),
    ("sign", torch.sign, -3, 3),
    ("reciprocal", torch.reciprocal, 0.3, 3),
    ("sqrt", torch.sqrt, 0.1, 9),
    ("rsqrt", torch.rsqrt, 0.1, 9),
    ("square", torch.square, -3, 3),
    ("exp", torch.exp, -5, 5),
    ("expm1", torch.expm1, -2, 2),
    ("log", torch.log, 0.1, 9),
    ("log1p", torch.log1p, -0.5, 5),
    ("sin", torch.sin, -7, 7),
    ("cos", torch.cos, -7, 7),
    ("tan", torch.tan, -1.3, 1.3),
    ("sinh", torch.sinh, -3, 3),
    ("cosh", torch.cosh, -3, 3),
    ("tanh", torch.tanh, -3, 3),
    ("erf", torch.erf, -3, 3),
    ("floor", torch.floor, -5, 5),
    ("ceil", torch.ceil, -5, 5),
    ("round", torch.round, -5, 5),
    ("relu", F.relu, -3, 3),
    ("relu6", F.relu6, -3, 9),
    ("sigmoid", torch.sigmoid, -6, 6),
    ("logSigmoid", F.logsigmoid, -6, 6),
    ("softplus", F.softplus, -6, 6),
    ("gelu", F.gelu, -4, 4),
    ("geluTanh", lambda x: F.gelu(x, approximate="tanh"), -4, 4),
    ("silu", F.silu, -6, 6),
    ("mish", F.mish, -6, 6),
    ("selu", F.selu, -3, 3),
    ("softsign", F.softsign, -3, 3),
    ("hardTanh", F.hardtanh, -2, 2),
    ("hardSigmoid", F.hardsigmoid, -5, 5),
    ("hardSwish", F.hardswish, -5, 5),
]

SCALED = [
    ("leakyRelu", lambda x, slope: F.leaky_relu(x, slope), {"slope": 0.1}),
    ("elu", lambda x, alpha: F.elu(x, alpha), {"alpha": 1.5}),
    ("clamp", lambda x, min, max: x.clamp(min, max), {"min": -0.75, "max": 1.25}),
    ("addNumber", lambda x, number: x + number, {"number": 1.5}),
    ("subNumber", lambda x, number: x - number, {"number": 1.5}),
    ("rsubNumber", lambda x, number: number - x, {"number": 1.5}),
    ("mulNumber", lambda x, number: x * number, {"number": -2.5}),
    ("divNumber", lambda x, number: x / number, {"number": 3.0}),
    ("remainderNumber", lambda x, number: x.remainder(number), {"number": 0.7}),
]

BINARY = [
    ("add", torch.add), ("sub", torch.sub), ("mul", torch.mul), ("div", torch.div),
    ("maximum", torch.maximum), ("minimum", torch.minimum),
    ("remainder", torch.remainder),
]

COMPARISONS = [("eq", torch.eq), ("ne", torch.ne), ("lt", torch.lt), ("le", torch.le),
               ("gt", torch.gt), ("ge", torch.ge)]

SHAPES = [(), (0,), (1,), (17,), (7, 13), (2, 3, 5)]

BROADCASTS = [((3, 5), (5,)), ((5,), (3, 5)), ((3, 1), (1, 5)), ((), (2, 3)), ((2, 3), ()),
              ((2, 1, 3, 1), (4, 1, 5)), ((1,), (7,)), ((0, 3), (3,)), ((3, 0), (1,)), ((1, 1), (1,))]


def add(g):
    for op, function, low, high in UNARY:
        for shape in [(), (0,), (1,), (131,), (7, 13)]:
            g.case(op, [between(low, high, *shape)], function)
        if op not in ("sign", "geluTanh"):  # where PyTorch's formula says 0 for NaN, NaN for -inf
            g.case(op, [values([0.0, -0.0, 1.0, -1.0, INF, -INF, NAN])], function,
                   gradients=False, note="special")
    for op, function, arguments in SCALED:
        for shape in [(), (0,), (37,), (7, 13)]:
            g.case(op, [normal(*shape, scale=1.5)], function, **arguments)
    for op, function in BINARY:
        for shape in SHAPES:
            g.case(op, [away(*shape), away(*shape)], function)
        for a, b in BROADCASTS:
            g.case(op, [away(*a), away(*b)], function, length=30)
    for exponent in [0, 1, 2, 3, 0.5, -1, -2.5, 10]:
        g.case("powNumber", [between(0.2, 2, 3, 7)], lambda x, number: x.pow(number),
               number=exponent)
    for exponent in [1, 2, 3, -2]:
        g.case("powNumber", [away(3, 7)], lambda x, number: x.pow(number), number=exponent,
               note="negative base")
    g.case("pow", [between(0.2, 2, 3, 7), normal(3, 7)], torch.pow)
    g.case("pow", [between(0.2, 2, 3, 1), normal(7)], torch.pow, length=7)
    g.case("lerp", [normal(3, 7), normal(3, 7)], lambda a, b, weight: torch.lerp(a, b, weight),
           weight=0.3)
    g.case("lerp", [normal(3, 7), normal(7)], lambda a, b, weight: torch.lerp(a, b, weight),
           weight=0.8, length=3)
    add_comparisons(g)
    add_selection(g)
    add_kinks(g)


def add_comparisons(g):
    special = values([0.0, -0.0, 1.0, INF, -INF, NAN, 2.0])
    other = values([-0.0, 0.0, 1.0, INF, INF, NAN, 1.0])
    for op, function in COMPARISONS:
        g.case(op, [integers(0, 3, 5, 7), integers(0, 3, 7)], function)
        g.case(op, [values([1.0, 2.0, 3.0]), values([[2.0], [3.0]])], function, gradients=False)
        g.case(op, [special, other], function, gradients=False, note="special")
        g.case(op + "Number", [values([1.0, 2.0, 3.0, NAN])],
               lambda x, number, f=function: f(x, number), gradients=False, number=2)
        g.case(op + "Number", [integers(-2, 3, 7)],
               lambda x, number, f=function: f(x, number), number=0)
    g.case("isNaN", [special], torch.isnan, gradients=False)
    g.case("isFinite", [special], torch.isfinite, gradients=False)
    for op, function in [("and", torch.logical_and), ("or", torch.logical_or),
                         ("xor", torch.logical_xor)]:
        g.case(op, [flags(5, 7), flags(7)], function)
        g.case(op, [integers(-1, 2, 5, 1), integers(-1, 2, 7)], function)
    g.case("not", [flags(13)], torch.logical_not)
    g.case("not", [integers(-1, 2, 13)], torch.logical_not)


def add_selection(g):
    for shapes in [((3, 5), (3, 5), (3, 5)), ((3, 1), (5,), (3, 5)), ((5,), (3, 5), ()),
                   ((0, 5), (5,), (1, 1)), ((), (2, 2), (2, 2))]:
        mask, yes, no = shapes
        g.case("where", [flags(*mask), normal(*yes), normal(*no)], torch.where, length=15)
    g.case("maskedFill", [normal(3, 7), flags(3, 7)],
           lambda x, mask, number: x.masked_fill(mask, number), number=-2.5)
    g.case("maskedFill", [normal(3, 7), flags(7)],
           lambda x, mask, number: x.masked_fill(mask, number), number=0.5, length=3)


def add_kinks(g):
    around = values([-1.0, -0.5, -0.0, 0.0, 0.5, 1.0])
    for op, function in [("abs", torch.abs), ("sign", torch.sign), ("relu", F.relu),
                         ("selu", F.selu), ("hardTanh", F.hardtanh), ("softsign", F.softsign)]:
        g.case(op, [around], function, note="at kinks")
    g.case("leakyRelu", [around], lambda x, slope: F.leaky_relu(x, slope), slope=0.1,
           note="at kinks")
    g.case("elu", [around], lambda x, alpha: F.elu(x, alpha), alpha=1.5, note="at kinks")
    g.case("relu6", [values([-1.0, 0.0, 3.0, 6.0, 7.0])], F.relu6, note="at kinks")
    g.case("hardSigmoid", [values([-4.0, -3.0, 0.0, 3.0, 4.0])], F.hardsigmoid, note="at kinks")
    g.case("clamp", [values([-2.0, -1.0, 0.0, 1.0, 2.0])],
           lambda x, min, max: x.clamp(min, max), min=-1, max=1, note="at kinks")
    for op, function in [("maximum", torch.maximum), ("minimum", torch.minimum)]:
        g.case(op, [values([1.0, 2.0, 3.0]), values([2.0, 2.0, 2.0])], function, note="at ties")
        g.case(op, [values([1.0, NAN, INF, NAN]), values([NAN, 1.0, NAN, NAN])], function,
               gradients=False, note="special")
    g.case("remainder", [values([5.0, -5.0, 5.0, -5.0, 4.0, -4.0]),
                         values([3.0, 3.0, -3.0, -3.0, 2.0, 2.0])], torch.remainder, note="signs")
    g.case("remainder", [values([5, -5, 5, -5, 4, -4], torch.int64),
                         values([3, 3, -3, -3, 2, 2], torch.int64)], torch.remainder, note="signs")
    # far out, where a careless formula overflows or loses all digits
    far = values([-100.0, -30.0, -10.0, -1e-4, 1e-4, 10.0, 30.0, 100.0])
    for op, function in [("sigmoid", torch.sigmoid), ("logSigmoid", F.logsigmoid),
                         ("softplus", lambda x: torch.logaddexp(x, torch.zeros_like(x))),
                         ("tanh", torch.tanh), ("gelu", F.gelu), ("silu", F.silu),
                         ("mish", F.mish), ("erf", torch.erf), ("sin", torch.sin),
                         ("cos", torch.cos),
                         ("geluTanh", lambda x: F.gelu(x, approximate="tanh"))]:
        g.case(op, [far], function, terms=100, note="far out")
    g.case("exp", [values([88.0, 89.0, -104.0])], torch.exp, gradients=False, native=True,
           note="beyond")
    # where small results must be right to their last digits, not only to those of 1
    low = values([-80.0, -20.0, -3.0, -1e-3, -1e-6, 1e-6])
    for op, function in [("exp", torch.exp), ("sigmoid", torch.sigmoid),
                         ("softplus", lambda x: torch.logaddexp(x, torch.zeros_like(x)))]:
        g.case(op, [low], function, terms=0, note="small results")
    small = values([-0.5, -1e-3, -1e-6, 1e-6, 1e-3, 1e30])
    for op, function in [("log1p", torch.log1p)]:
        g.case(op, [small], function, terms=0, note="small results")
    near = values([-0.1, -1e-3, -1e-6, 1e-6, 1e-3, 0.1])
    for op, function in [("sin", torch.sin), ("tan", torch.tan), ("sinh", torch.sinh),
                         ("tanh", torch.tanh), ("erf", torch.erf), ("expm1", torch.expm1)]:
        g.case(op, [near], function, terms=0, gradients=False, note="near 0")
    g.case("sqrt", [values([1e-30, 1e-10, 1.0, 1e10, 1e30])], torch.sqrt, terms=0,
           note="any size")
    g.case("log", [values([1e-30, 1e-10, 0.5, 1e10, 1e30])], torch.log, terms=0, note="any size")
    g.case("rsqrt", [values([1e-20, 1e-10, 1.0, 1e10, 1e20])], torch.rsqrt, terms=0,
           gradients=False, note="any size")

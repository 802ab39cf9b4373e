"""The functions of Apply Math Operation, by category and name. Elsewhere: applying them to columns (the module)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from designer import lazy_import

np: Any = lazy_import("numpy")
special: Any = lazy_import("scipy.special")

Function = Callable[..., Any]

CHOICES: dict[str, tuple[str, ...]] = {
    "Basic": (
        "Abs", "Atan2", "Conj", "CubeRoot", "DoubleFactorial", "Eps", "Exp", "Exp2", "ExpMinus1", "Factorial",
        "Hypotenuse", "ImaginaryPart", "Ln", "LnPlus1", "Log", "Log10", "Log2", "NthRoot", "Pow", "RealPart", "Sqrt",
        "SqrtPi", "Square",
    ),
    "Compare": (
        "EqualTo", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo", "NotEqualTo", "PairMax",
        "PairMin",
    ),
    "Operations": ("Add", "Divide", "Multiply", "Subtract"),
    "Rounding": (
        "Ceiling", "CeilingPower2", "Floor", "Mod", "Quotient", "Remainder", "RoundDigits", "RoundDown", "RoundUp",
        "ToEven", "ToMultiple", "ToOdd", "Truncate",
    ),
    "Special": (
        "Beta", "BetaLn", "EllipticIntegralE", "EllipticIntegralK", "Erf", "Erfc", "ErfcInverse", "ErfInverse",
        "ErfScaled", "ExponentialIntegralEin", "Gamma", "GammaLn", "GammaRegularizedP", "GammaRegularizedPInverse",
        "GammaRegularizedQ", "GammaRegularizedQInverse", "PolyGamma",
    ),
    "Trigonometric": (
        "Acos", "AcosDegrees", "Acosh", "Acot", "AcotDegrees", "Acoth", "Acsc", "AcscDegrees", "Acsch", "Arg", "Asec",
        "AsecDegrees", "Asech", "Asin", "AsinDegrees", "Asinh", "Atan", "AtanDegrees", "Atanh", "Cos", "CosDegrees",
        "Cosh", "Cot", "CotDegrees", "Coth", "Csc", "CscDegrees", "Csch", "DegreesToRadians", "RadiansToDegrees", "Sec",
        "SecDegrees", "Sech", "Sign", "Sin", "Sinc", "SinDegrees", "Sinh", "Tan", "TanDegrees", "Tanh",
    ),
}  # fmt: skip

TWO_ARGUMENTS = frozenset(
    {
        "Atan2", "Hypotenuse", "Log", "NthRoot", "Pow", "Mod", "Quotient", "Remainder", "RoundDigits", "RoundDown",
        "RoundUp", "ToMultiple", "Beta", "BetaLn", "GammaRegularizedP", "GammaRegularizedPInverse",
        "GammaRegularizedQ", "GammaRegularizedQInverse", "PolyGamma",
        *CHOICES["Compare"], *CHOICES["Operations"],
    }
)  # fmt: skip

SHOWN_NAMES = {"EqualTo": "Equals"}  # where a result column calls a function by another name


def function(name: str) -> Function:
    """The function of that name, on numpy arrays."""
    return _functions()[name]


@cache
def _functions() -> dict[str, Function]:
    degrees, radians = np.degrees, np.radians
    inverse = {"Acos": np.arccos, "Asin": np.arcsin, "Atan": np.arctan}
    inverse |= {
        "Acot": lambda x: np.arctan(1 / x),
        "Acsc": lambda x: np.arcsin(1 / x),
        "Asec": lambda x: np.arccos(1 / x),
    }
    direct = {"Cos": np.cos, "Sin": np.sin, "Tan": np.tan}
    direct |= {"Cot": lambda x: 1 / np.tan(x), "Csc": lambda x: 1 / np.sin(x), "Sec": lambda x: 1 / np.cos(x)}
    in_degrees = {f"{name}Degrees": _then(f, degrees) for name, f in inverse.items()}
    in_degrees |= {f"{name}Degrees": _then(radians, f) for name, f in direct.items()}
    hyperbolic = {
        "Acosh": np.arccosh, "Asinh": np.arcsinh, "Atanh": np.arctanh, "Acoth": lambda x: np.arctanh(1 / x),
        "Acsch": lambda x: np.arcsinh(1 / x), "Asech": lambda x: np.arccosh(1 / x),
        "Cosh": np.cosh, "Sinh": np.sinh, "Tanh": np.tanh,
        "Coth": lambda x: 1 / np.tanh(x), "Csch": lambda x: 1 / np.sinh(x), "Sech": lambda x: 1 / np.cosh(x),
    }  # fmt: skip
    others = {
        "Arg": np.angle, "Sign": np.sign, "Sinc": lambda x: np.sinc(x / np.pi),
        "DegreesToRadians": radians, "RadiansToDegrees": degrees,
    }  # fmt: skip
    return {
        **_basic(),
        **_compare(),
        **_rounding(),
        **_special(),
        **inverse,
        **direct,
        **in_degrees,
        **hyperbolic,
        **others,
    }


def _basic() -> dict[str, Function]:
    return {
        "Abs": np.abs, "Atan2": np.arctan2, "Conj": np.conj, "CubeRoot": np.cbrt,
        "DoubleFactorial": _double_factorial,
        "Eps": np.spacing, "Exp": np.exp, "Exp2": np.exp2, "ExpMinus1": np.expm1,
        "Factorial": lambda x: special.gamma(x + 1), "Hypotenuse": np.hypot, "ImaginaryPart": np.imag,
        "Ln": np.log, "LnPlus1": np.log1p, "Log": lambda x, base: np.log(x) / np.log(base), "Log10": np.log10,
        "Log2": np.log2, "NthRoot": _root, "Pow": np.power, "RealPart": np.real, "Sqrt": np.sqrt,
        "SqrtPi": lambda x: np.sqrt(x * np.pi), "Square": np.square,
        "Add": np.add, "Divide": np.true_divide, "Multiply": np.multiply, "Subtract": np.subtract,
    }  # fmt: skip


def _compare() -> dict[str, Function]:
    return {
        "EqualTo": np.equal, "NotEqualTo": np.not_equal, "GreaterThan": np.greater,
        "GreaterThanOrEqualTo": np.greater_equal, "LessThan": np.less, "LessThanOrEqualTo": np.less_equal,
        "PairMax": np.maximum, "PairMin": np.minimum,
    }  # fmt: skip


def _rounding() -> dict[str, Function]:
    def to_digits(rounding: Function) -> Function:
        return lambda x, digits: rounding(x * 10.0**digits) / 10.0**digits

    return {
        "Ceiling": np.ceil, "Floor": np.floor, "Truncate": np.trunc,
        "CeilingPower2": lambda x: np.exp2(np.ceil(np.log2(np.maximum(x, 1)))),
        "Mod": np.mod, "Remainder": np.remainder, "Quotient": np.floor_divide,
        "RoundDigits": to_digits(np.round), "RoundDown": to_digits(np.floor), "RoundUp": to_digits(np.ceil),
        "ToEven": lambda x: 2 * np.ceil(x / 2), "ToOdd": lambda x: 2 * np.ceil((x - 1) / 2) + 1,
        "ToMultiple": lambda x, step: step * np.round(x / step),
    }  # fmt: skip


def _special() -> dict[str, Function]:
    return {
        "Beta": special.beta, "BetaLn": special.betaln, "EllipticIntegralE": special.ellipe,
        "EllipticIntegralK": special.ellipk, "Erf": special.erf, "Erfc": special.erfc,
        "ErfcInverse": special.erfcinv, "ErfInverse": special.erfinv, "ErfScaled": special.erfcx,
        "ExponentialIntegralEin": _ein,
        "Gamma": special.gamma, "GammaLn": special.gammaln,
        "GammaRegularizedP": special.gammainc, "GammaRegularizedPInverse": special.gammaincinv,
        "GammaRegularizedQ": special.gammaincc, "GammaRegularizedQInverse": special.gammainccinv,
        "PolyGamma": lambda x, n: special.polygamma(np.asarray(n, dtype=int), x),
    }  # fmt: skip


def _root(x: Any, n: Any) -> Any:
    """The n-th root; an odd root of a negative number is negative."""
    odd = np.asarray(n) % 2 == 1
    return np.where(odd & (x < 0), -(np.abs(x) ** (1 / n)), np.power(np.where(odd & (x < 0), 0, x), 1 / n))


def _double_factorial(x: Any) -> Any:
    """n!! of the whole part; a missing value stays missing."""
    whole = np.floor(np.where(np.isfinite(x), x, 0)).astype(int)
    return np.where(np.isfinite(x), np.rint(special.factorial2(whole)), np.nan)


def _ein(x: Any) -> Any:
    """The entire exponential integral, γ + ln|x| - Ei(-x) (Abramowitz and Stegun, 5.1.40); 0 at 0."""
    return np.where(x == 0, 0.0, np.euler_gamma + np.log(np.abs(x)) - special.expi(-x))


def _then(first: Function, second: Function) -> Function:
    return lambda x: second(first(x))

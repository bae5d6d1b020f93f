"""Numbers and foreign text as the report shows them."""

from __future__ import annotations

import math
import unicodedata

BLANK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ID_WIDTH = 48
"""Most characters of an id or a label that are shown; the rest is in its title."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST_P = 0.001
WHOLE_FROM = 0.0995
TENTHS_FROM = 0.00995
ALL_FROM = 0.995
NEARLY_ALL = 0.9995
MOST_DECIMALS = 6
TENS_FROM = 9.95
UNITS_FROM = 0.995
LEAST_SHARE = 0.0001
MOST_TIMES = 100
NOTHING = "–"
"""What is shown for a value that there is not."""


def missing(value: float | None) -> bool:
    """Whether there is no value: ``None`` or NaN."""
    return value is None or math.isnan(value)


def number(value: float | None, digits: int = 2) -> str:
    """Decimal number with a true minus sign.

    Examples
    --------
    >>> number(-0.514), number(None)
    ('−0.51', '–')
    """
    if value is None or missing(value):
        return NOTHING
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def signed(value: float | None, digits: int = 2) -> str:
    """Decimal number that shows its sign, for differences.

    Examples
    --------
    >>> signed(0.314), signed(-2), signed(0.001)
    ('+0.31', '−2.00', '0.00')
    """
    text = number(value, digits)
    positive = value is not None and not missing(value) and value > 0
    return f"+{text}" if positive and text.strip("0.") else text


def count(value: float | None) -> str:
    """Whole number with separators.

    Examples
    --------
    >>> count(9932678)
    '9,932,678'
    """
    return number(value, 0)


def amount(value: float | None) -> str:
    """Reads: a whole number, or a decimal one where the table is relative.

    Examples
    --------
    >>> amount(1234.0), amount(0.98765)
    ('1,234', '0.988')
    """
    whole = value is None or missing(value) or float(value).is_integer()
    return number(value, 0 if whole else 3)


def percent(share: float | None, digits: int | None = None) -> str:
    """Share as a percentage; the smaller it is, the more decimals.

    Examples
    --------
    >>> percent(0.6213), percent(0.0456), percent(0.00312), percent(0.00001), percent(0)
    ('62%', '4.6%', '0.31%', '<0.01%', '0%')
    >>> percent(0.9958), percent(0.99999), percent(1)
    ('99.6%', '>99.9%', '100%')
    """
    if share is None or missing(share):
        return NOTHING
    if digits is None and 0 < abs(share) < LEAST_SHARE:
        return "<0.01%" if share > 0 else f"{MINUS}<0.01%"
    if digits is None and NEARLY_ALL <= share < 1:
        return ">99.9%"
    return number(100 * share, percent_digits(share) if digits is None else digits) + "%"


def percent_digits(share: float) -> int:
    """Decimals that a percentage of this size is shown with."""
    size = abs(share)
    if size == 0:
        return 0
    # As rounded: 9.96 % is shown as 10 %, but 99.6 % not as all of it.
    return int(ALL_FROM <= size < 1) if size >= WHOLE_FROM else 1 if size >= TENTHS_FROM else 2


def percent_points(difference: float | None) -> str:
    """Difference of two shares, in percentage points, with its sign.

    Examples
    --------
    >>> percent_points(-0.0123)
    '−1.2'
    """
    if difference is None or missing(difference):
        return NOTHING
    return signed(100 * difference, max(1, percent_digits(difference)))


def interval(lower: float | None, upper: float | None, digits: int = 2) -> str:
    """Two ends of an interval.

    Examples
    --------
    >>> interval(-1, 0.25), interval(-0.28, -0.0046)
    ('−1.00 to 0.25', '−0.280 to −0.005')
    """
    if lower is None or upper is None or missing(lower) or missing(upper):
        return NOTHING
    digits = _digits_of_ends(lower, upper, digits)
    return f"{number(lower, digits)} to {number(upper, digits)}"


def signed_interval(lower: float | None, upper: float | None, digits: int = 2) -> str:
    """Two ends of an interval of a difference, with their signs.

    Examples
    --------
    >>> signed_interval(0.0021, 0.03), signed_interval(-1.2, 0)
    ('+0.002 to +0.030', '−1.20 to 0.00')
    >>> signed_interval(0.0004, 0.61), signed_interval(-1e-9, 0.3)
    ('+0.0004 to +0.6100', '0.000 to +0.300')
    """
    if lower is None or upper is None or missing(lower) or missing(upper):
        return NOTHING
    digits = _digits_of_ends(lower, upper, digits)
    return f"{signed(lower, digits)} to {signed(upper, digits)}"


def _digits_of_ends(lower: float, upper: float, digits: int) -> int:
    """Decimals such that an end is not shown as 0 unless it is: whether 0 is inside is seen.

    One more than usual where even six would not do.
    """
    least = min((abs(end) for end in (lower, upper) if end != 0), default=1.0)
    if round(least, digits) > 0:
        return digits
    enough = (more for more in range(digits + 1, MOST_DECIMALS + 1) if round(least, more) > 0)
    return next(enough, digits + 1)


def percent_interval(lower: float | None, upper: float | None) -> str:
    """Two ends of an interval of a share, with the same number of decimals.

    Examples
    --------
    >>> percent_interval(0.021, 0.112), percent_interval(0.004, 0.031)
    ('2 to 11%', '0.4 to 3.1%')
    >>> percent_interval(0.137, 0.9996), percent_interval(0.9981, 1)
    ('14 to >99.9%', '99.8 to 100%')
    """
    if lower is None or upper is None or missing(lower) or missing(upper):
        return NOTHING
    digits = 0 if upper >= NEARLY_ALL else percent_digits(upper)
    return f"{_end_of_percent(lower, digits)} to {_end_of_percent(upper, digits)}%"


def _end_of_percent(share: float, digits: int) -> str:
    """Of a share that is not all, no end is shown as if it were."""
    if NEARLY_ALL <= share < 1:
        return ">99.9"
    return number(100 * share, max(digits, int(ALL_FROM <= share < 1)))


def magnitude(value: float | None) -> str:
    """Quantity of any size, with two or more significant digits.

    Examples
    --------
    >>> magnitude(182.03), magnitude(-7.394), magnitude(0.2979), magnitude(0.0123)
    ('182', '−7.4', '0.30', '0.01')
    """
    return number(value, 0 if value is None or missing(value) else _magnitude_digits(value))


def magnitude_interval(lower: float | None, upper: float | None) -> str:
    """Two ends of an interval of such a quantity, with the same number of decimals.

    Examples
    --------
    >>> magnitude_interval(-40.2, 12.4), magnitude_interval(0.02, 0.9)
    ('−40 to 12', '0.02 to 0.90')
    """
    if lower is None or upper is None or missing(lower) or missing(upper):
        return NOTHING
    return interval(lower, upper, _magnitude_digits(max(abs(lower), abs(upper))))


def _magnitude_digits(value: float) -> int:
    return 0 if abs(value) >= TENS_FROM else 1 if abs(value) >= UNITS_FROM else 2


def scientific(value: float | None) -> str:
    """Number of any size as a multiple of a power of ten.

    Examples
    --------
    >>> scientific(31_600_000_000), scientific(-4.2e7), scientific(0), scientific(None)
    ('3.2 × 10¹⁰', '−4.2 × 10⁷', '0', '–')
    """
    if value is None or missing(value):
        return NOTHING
    if value == 0:
        return "0"
    digits, _, power = f"{value:.1e}".partition("e")
    raised = str(int(power)).translate(RAISED)
    return f"{digits} × 10{raised}".replace("-", MINUS)


def p_value(value: float | None) -> str:
    """Probability: three decimals, and a bound below the least of them.

    Examples
    --------
    >>> p_value(0.0321), p_value(1e-9), p_value(None)
    ('0.032', '<0.001', '–')
    """
    if value is None or missing(value):
        return NOTHING
    return f"<{LEAST_P}" if value < LEAST_P else f"{value:.3f}"


def statistic(symbol: str, value: float | None) -> str:
    """Name of a probability and its value, as in a sentence.

    Examples
    --------
    >>> [statistic(*pair).replace(BLANK, " ") for pair in (("q", 0.0004), ("p", 0.04))]
    ['q < 0.001', 'p = 0.040']
    """
    text = p_value(value)
    sign, digits = ("<", text[1:]) if text.startswith("<") else ("=", text)
    return BLANK.join((symbol, sign, digits))


def confidence(level: float) -> str:
    """Confidence level as in `95%`.

    Examples
    --------
    >>> confidence(0.95), confidence(0.995)
    ('95%', '99.5%')
    """
    return f"{100 * level:.10g}%"


def times(log2_ratio: float) -> str:
    """How many times one thing exceeds the other, out of a log2 ratio of either sign.

    Examples
    --------
    >>> times(-1), times(0.5), times(9)
    ('2.0', '1.4', 'over 100')
    """
    ratio = 2.0 ** abs(log2_ratio)
    return f"over {MOST_TIMES}" if ratio > MOST_TIMES else f"{ratio:.1f}"


def plural(amount_of: int, one: str, many: str = "") -> str:
    """Count with its noun.

    Examples
    --------
    >>> plural(1, "sample"), plural(1200, "person", "persons")
    ('1 sample', '1,200 persons')
    """
    return f"{count(amount_of)} {one if amount_of == 1 else many or one + 's'}"


def listed(items: list[str]) -> str:
    """Items as a phrase.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def shortened(text: str, width: int = ID_WIDTH) -> str:
    """Text cut to ``width`` characters, its end kept, where it is longer.

    Examples
    --------
    >>> shortened("abcdefghijklmnop", 9)
    'abcde…nop'
    """
    if len(text) <= width:
        return text
    end = width // 3
    return text[: width - end - 1] + ELLIPSIS + text[-end:]


def visible(text: str) -> str:
    r"""Text without characters that no document may hold (controls, half surrogates).

    Examples
    --------
    >>> visible("a\x00b\tc")
    'a�b\tc'
    """
    return "".join(
        REPLACEMENT if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n" else c
        for c in text
    )


def drawable(text: str, width: int = ID_WIDTH) -> str:
    r"""Text for a figure: one short line, without marks that turn its direction.

    Examples
    --------
    >>> drawable("plant \u202etset")
    'plant �tset'
    """
    flat = " ".join(text.split()) or "“ ”"
    clean = "".join(
        REPLACEMENT if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c
        for c in flat
    )
    return shortened(clean, width)

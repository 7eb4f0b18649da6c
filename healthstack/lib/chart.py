"""A line of values over time as the numbers of a drawing: templates/components/chart.html writes them into one <svg>.

Pure. No colour and no style in it: classes do that, in both themes and under our content policy.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 16, 28  # room for the words at the axes


@dataclass(frozen=True)
class Point:
    at: datetime
    value: Decimal
    label: str = ""  # beside the point; the value itself without one
    out: bool = False  # out of range: drawn as a diamond, since colour alone tells nothing


@dataclass
class Chart:
    """points: oldest first. low, high: the range, drawn as a band; either may be open. unit: for the axis.

    second: another line over the same times, such as the lower blood pressure; its labels stand below.
    """

    points: list
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    second: list = field(default_factory=list)
    shown: list = field(init=False)

    def __post_init__(self):
        values = [float(point.value) for point in (*self.points, *self.second)]
        ends = [float(end) for end in (self.low, self.high) if end is not None]
        self.bottom, self.top, self.step = scale(min(values + ends, default=0), max(values + ends, default=1))
        times = [point.at.timestamp() for point in (*self.points, *self.second)]
        self.first, self.last = min(times, default=0), max(times, default=0)
        self.shown, self.shown_second = self._placed(self.points), self._placed(self.second)

    def _placed(self, points):
        return [{"x": self.x(point.at.timestamp()), "y": self.y(point.value), "point": point} for point in points]

    def x(self, seconds):
        span = self.last - self.first
        part = (seconds - self.first) / span if span else 0.5
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value):
        part = (float(value) - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)

    @property
    def drawings(self):
        """[(placed points, points of the <polyline>, how far the labels stand from them)] of each line."""
        both = [(self.shown, -10), (self.shown_second, 20)]
        return [(rows, " ".join(f"{r['x']},{r['y']}" for r in rows), off) for rows, off in both if rows]

    @property
    def band(self):
        """{y, height} of the range, or None where there is none."""
        if self.low is None and self.high is None:
            return None
        above = self.y(self.top if self.high is None else self.high)
        below = self.y(self.bottom if self.low is None else self.low)
        return {"y": above, "height": round(below - above, 1)}

    @property
    def lines(self):
        """[(y, word)] of the lines across."""
        n = round((self.top - self.bottom) / self.step)
        values = [self.bottom + k * self.step for k in range(n + 1)]
        return [(self.y(value), f"{value:.10g}") for value in values]


def scale(low, high, most=5):
    """(bottom, top, step): round numbers around both, in at most `most` steps; never of no height."""
    if high <= low:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    rough = (high - low) / (most - 1)
    power = 10.0 ** (len(f"{int(rough)}") - 1 if rough >= 1 else _power_below_one(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)
    bottom = (low // step) * step
    top = bottom
    while top < high - step * 1e-9:
        top += step
    return round(bottom, 10), round(top, 10), round(step, 10)


def _power_below_one(number):
    power = 0
    while number < 1:
        number, power = number * 10, power - 1
    return power

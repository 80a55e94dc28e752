"""A season of temperatures: daily means, a smooth trend, and a figure of both (kept in memory)."""

import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import signal

DAYS = 90


def measurements():
    """One value an hour: a slow wave over the season, a daily wave, noise from a fixed seed."""
    hours = pd.date_range("2026-01-01", periods=24 * DAYS, freq="h")
    season = 10 * np.sin(2 * np.pi * np.arange(len(hours)) / len(hours))
    day = 4 * np.sin(2 * np.pi * hours.hour / 24)
    noise = np.random.default_rng(7).normal(scale=1.5, size=len(hours))
    return pd.Series(season + day + noise, index=hours, name="temperature")


def figure(means, trend):
    """The bytes of a PNG."""
    picture, axes = plt.subplots(figsize=(6, 3))
    axes.plot(means.index, means, label="daily mean")
    axes.plot(means.index, trend, label="trend")
    axes.legend()
    target = io.BytesIO()
    picture.savefig(target, format="png")
    return target.getvalue()


if __name__ == "__main__":
    means = measurements().resample("D").mean()
    trend = signal.savgol_filter(means, window_length=21, polyorder=2)
    residual = float(np.std(means - trend))
    print(f"{len(means)} days, residual {residual:.3f}, figure of {len(figure(means, trend)) // 1024} KiB")

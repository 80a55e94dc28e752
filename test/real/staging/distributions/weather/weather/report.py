import os
import sys
from importlib import metadata

import weather


def plugins():
    found = metadata.entry_points()
    if hasattr(found, "select"):
        return found.select(group="weather.plugins")
    return found.get("weather.plugins", ())


def main():
    print(os.path.basename(sys.argv[0]), sys.argv[1:], metadata.version("staging-weather"))
    print(weather.list_stations())
    for point in sorted(plugins(), key=lambda each: each.name):
        print(point.name, point.load()(20))
    return 3

from .drops import count


def forecast(degrees):
    return "rain of %d drops" % count(degrees)

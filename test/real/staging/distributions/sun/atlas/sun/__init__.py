import numpy


def forecast(degrees):
    return "sun of %d degrees" % numpy.add(degrees, 5)

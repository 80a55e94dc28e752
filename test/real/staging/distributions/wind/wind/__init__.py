import numpy


def speed(knots):
    return round(float(numpy.multiply(knots, 0.514444)), 3)

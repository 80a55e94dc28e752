def count(degrees):
    return degrees * 7

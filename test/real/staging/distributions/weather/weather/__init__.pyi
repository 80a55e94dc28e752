from .stations import list_stations as list_stations

"""Places, distances between them, itineraries and corridors."""

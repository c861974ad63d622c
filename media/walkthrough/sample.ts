/** A place on the map, in degrees. */
export interface Place {
  name: string;
  latitude: number;
  longitude: number;
}

/** Adds up the values of a list. */
export function sum(values: number[]): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}

/** The mean of a list of values. */
export function mean(values: number[]): number {
  if (values.length === 0) {
    throw new Error('No values');
  }
  return █
}

/** The point in the middle of several places. */
export function center(places: Place[]): Place {
  const latitude = mean(places.map((place) => place.latitude));
  const longitude = mean(places.map((place) => place.longitude));
  return { name: 'center', latitude, longitude };
}

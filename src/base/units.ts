export type Seconds = number;
export type Bytes = number;

/** A value that is not known exactly; `low <= likely <= high`. */
export interface Interval {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** What the benchmark asks of an engine, whoever made it. */
export interface BenchEngine {
  /** Engine and precision. */
  name: string;
  /** Reads the ids into an empty state. */
  read(ids: readonly number[]): Promise<void>;
  /** Takes one more id and gives the next. */
  step(id: number): Promise<number>;
  /** From whatever is kept to the token after `ids`, as an editor asks for it. */
  next(ids: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

import { UserError } from '../protocol/errors';
import { isRecord } from '../protocol/json';

/** Reads a model's config.json key by key; every complaint names the key, what stands there, and what was expected. */
export class ConfigReader {
  private constructor(
    private readonly values: Record<string, unknown>,
    private readonly path: string,
  ) {}

  static of(config: unknown): ConfigReader {
    if (!isRecord(config))
      throw new UserError('config.json must hold a JSON object: download the model again.');
    return new ConfigReader(config, '');
  }

  section(key: string): ConfigReader {
    const value = this.values[key];
    if (!isRecord(value)) throw this.complaint(key, 'an object');
    return new ConfigReader(value, `${this.path}${key}.`);
  }

  /** Whether anything stands under the key. */
  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null;
  }

  /** A whole number from 1 to `most`. */
  count(key: string, most = 1 << 24): number {
    const value = this.values[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
      throw this.complaint(key, `a whole number from 1 to ${most}`);
    return value;
  }

  /** The same; `fallback` where the key is absent. */
  countOr(key: string, fallback: number): number {
    return this.has(key) ? this.count(key) : fallback;
  }

  positive(key: string): number {
    const value = this.values[key];
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      throw this.complaint(key, 'a number above 0');
    return value;
  }

  /** Complains unless the value is `expected`: what the runtime does not compute must not be passed over. */
  exactly(key: string, expected: string | number | boolean): void {
    if (this.values[key] !== undefined && this.values[key] !== expected)
      throw this.complaint(key, `${JSON.stringify(expected)}, the only value this runtime computes`);
  }

  /** A number other than 0, or `fallback` where the key is absent. */
  factor(key: string, fallback: number): number {
    const value = this.has(key) ? this.values[key] : fallback;
    if (!isFactor(value)) throw this.complaint(key, 'a number other than 0');
    return value;
  }

  /** `length` numbers other than 0. */
  factors(key: string, length: number): number[] {
    const value = this.values[key];
    if (!Array.isArray(value) || value.length !== length || !value.every(isFactor))
      throw this.complaint(key, `a list of ${length} numbers other than 0`);
    return value;
  }

  /** Complains unless the key is absent, or an empty list or object. */
  empty(key: string): void {
    const value = this.values[key] ?? [];
    if (typeof value !== 'object' || Object.keys(value).length > 0)
      throw this.complaint(key, 'absent or empty: this runtime does not compute it');
  }

  /** True or false; `fallback` where the key is absent. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.values[key] ?? fallback;
    if (typeof value !== 'boolean') throw this.complaint(key, 'true or false');
    return value;
  }

  /** Two numbers, the second perhaps infinite, which is written in several ways; undefined where the key is absent. */
  range(key: string): { low: number; high: number } | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    const [low, high] = (Array.isArray(value) ? value : []).map(numberOrInfinity);
    if (low === undefined || high === undefined || !(low <= high))
      throw this.complaint(key, 'two numbers, the smaller first');
    return { low, high };
  }

  /** One of `allowed`. */
  choice<T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.values[key];
    if (!allowed.includes(value as T)) throw this.complaint(key, `one of: ${allowed.join(', ')}`);
    return value as T;
  }

  /** One of `allowed` for each of `length` entries. */
  choices<T extends string>(key: string, length: number, allowed: readonly T[]): T[] {
    const value = this.values[key];
    const fits = (item: unknown): item is T => allowed.includes(item as T);
    if (!Array.isArray(value) || value.length !== length || !value.every(fits))
      throw this.complaint(key, `a list of ${length} entries, each one of: ${allowed.join(', ')}`);
    return value;
  }

  /** A whole number for each of `length` entries, or one for all. */
  counts(key: string, length: number): number[] {
    const value = this.values[key];
    if (!Array.isArray(value)) return new Array<number>(length).fill(this.count(key));
    const fits = (item: unknown) => typeof item === 'number' && Number.isInteger(item) && item > 0;
    if (value.length !== length || !value.every(fits))
      throw this.complaint(key, `a whole number, or a list of ${length}`);
    return value as number[];
  }

  /** A list of layer numbers. */
  indices(key: string): number[] {
    const value = this.values[key] ?? [];
    const fits = (item: unknown): item is number => Number.isInteger(item) && (item as number) >= 0;
    if (!Array.isArray(value) || !value.every(fits)) throw this.complaint(key, 'a list of layer numbers');
    return value;
  }

  /** Complains unless the value is a dotted name that ends in `expected`. */
  named(key: string, expected: string): void {
    const value = this.values[key];
    if (typeof value !== 'string' || value.split('.').at(-1) !== expected)
      throw this.complaint(key, `a name that ends in ${expected}, the only one this runtime computes`);
  }

  raw(key: string): unknown {
    return this.values[key];
  }

  private complaint(key: string, expected: string): UserError {
    const found = JSON.stringify(this.values[key]) ?? 'nothing';
    return new UserError(
      `config.json: "${this.path}${key}" is ${found.slice(0, 80)}, but must be ${expected}. ` +
        'Download the model again, or correct the file.',
    );
  }
}

function isFactor(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value !== 0;
}

/** Infinity is no number of JSON: it is read as such, as null, or as transformers writes it. */
function numberOrInfinity(value: unknown): number | undefined {
  if (value === null || (isRecord(value) && value['__float__'] === 'Infinity')) return Infinity;
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
}

import type { Branch } from '../graph/choice';
import { elementCount } from '../graph/stored-tensors';
import { names } from '../graph/states';
import type { Input, Session, Tensor } from './session';

/** Runs one branch at a time of a graph that has several (see `choosing`), or a graph that has none. */
export class Branches {
  /** What is told to the branches that do not run: a graph must be given all of its inputs. */
  private readonly unused: readonly (readonly [name: string, tensor: Tensor])[];

  constructor(private readonly session: Session) {
    this.unused =
      this.has('greedy') || this.has('block')
        ? session.inputs.map((input) => [input.name, least(session, input)])
        : [];
  }

  has(branch: Branch): boolean {
    return this.session.inputs.some(({ name }) => name === names.only(branch));
  }

  /**
   * @param branch undefined = the one for any number of tokens
   * @param feeds of `branch` alone
   * @param wanted and `into`: as in `Session`
   */
  run(
    branch: Branch | undefined,
    feeds: Record<string, Tensor>,
    wanted: readonly string[],
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    for (const [name, tensor] of this.unused) feeds[name] ??= tensor;
    if (branch) feeds[names.only(branch)] = this.session.bool(true);
    return this.session.run(feeds, wanted, into);
  }
}

/** The smallest tensor that an input takes. */
function least(session: Session, { type, shape }: Input): Tensor {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  const zeros = new Array<number>(elementCount(sizes)).fill(0);
  switch (type) {
    case 'bool':
      return session.bool(false);
    case 'int32':
      return session.int32(zeros, sizes);
    case 'int64':
      return session.integers(zeros, sizes);
    default:
      return session.float32(Float32Array.from(zeros), sizes);
  }
}

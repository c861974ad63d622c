import { GraphBuilder } from '../graph/builder';
import type { Branch } from '../graph/choice';
import { names } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { openGraph, type Input, type Session, type Tensor } from './session';

/** Runs one branch at a time of a graph that has several (see `choosing`), or a graph that has none. */
export class Branches {
  private readonly branches: readonly string[];
  private unused: Promise<Unused> | undefined;

  /** @param fed inputs that every run is given */
  constructor(
    private readonly session: Session,
    private readonly fed: readonly string[],
  ) {
    this.branches = session.inputs.filter(({ type }) => type === 'bool').map(({ name }) => name);
  }

  has(branch: Branch): boolean {
    return this.branches.includes(names.only(branch));
  }

  /**
   * @param branch undefined = the one for any number of tokens
   * @param feeds of `branch` alone
   * @param wanted and `into`: as in `Session`
   */
  async run(
    branch: Branch | undefined,
    feeds: Record<string, Tensor>,
    wanted: readonly string[],
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    if (this.branches.length > 0) {
      const { tensors } = await (this.unused ??= unusedInputs(this.session, this.fed));
      for (const [name, tensor] of tensors) feeds[name] ??= tensor;
    }
    if (branch) feeds[names.only(branch)] = this.session.bool(true);
    return this.session.run(feeds, wanted, into);
  }

  async close(): Promise<void> {
    await (await this.unused)?.release();
  }
}

interface Unused {
  tensors: readonly (readonly [name: string, tensor: Tensor])[];
  release(): Promise<void>;
}

/**
 * What the branches that do not run are told: a graph must be given all of its inputs. Those that lie on the device are taken there
 * once, not in every run.
 */
async function unusedInputs(session: Session, fed: readonly string[]): Promise<Unused> {
  const inputs = session.inputs.filter(({ name }) => !fed.includes(name));
  const tensors = new Map(inputs.map((input) => [input.name, least(session, input)]));
  const told = inputs.filter(({ name, type }) => type === 'float32' || name === names.first);
  if (told.length === 0) return { tensors: [...tensors], release: () => Promise.resolve() };
  const kept = await openGraph(copies(told), session.provider, {
    onDevice: told.map(({ name }) => `${name}.there`),
  });
  const feeds = Object.fromEntries(told.map(({ name }) => [name, tensors.get(name)!]));
  const there = await kept.run(feeds, kept.outputs);
  for (const { name } of told) tensors.set(name, there[`${name}.there`]!);
  return {
    tensors: [...tensors],
    release: async () => {
      for (const tensor of Object.values(there)) tensor.dispose();
      await kept.release();
    },
  };
}

/** A graph that gives what it takes. */
function copies(inputs: readonly Input[]): Uint8Array {
  const graph = new GraphBuilder();
  for (const { name, type, shape } of inputs)
    if (type === 'float32' || type === 'int32')
      graph.output(graph.input(name, type, shape), `${name}.there`, type, shape);
  return graph.finish('copies');
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

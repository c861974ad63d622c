import { greedySteps } from '../graph/greedy-graph';
import { growing, names, type StateLayout } from '../graph/states';
import { nameInStep } from '../graph/steps-builder';
import { CacheSpace, roomyFor } from './cache-space';
import { nextTensors, stateShapes, stateTensors } from './device-layout';
import { enlargingGraph, enlargingFeeds, makingGraph } from './device-room-graphs';
import { openGraph, type Session, type Tensor } from './session';
import { mostRuns, writtenShapes } from './written';

/** Keys and values of everything, [1, keyValueHeads, tokens, headSize] each, by the names of the graph's inputs. */
export type Caches = ReadonlyMap<string, Tensor>;

/** What a state holds that a run reads. */
export interface Before {
  length: number;
  held: {
    byName: ReadonlyMap<string, Tensor>;
    /** Where its caches lie; absent where they have no room for more. */
    space?: CacheSpace<Caches>;
  };
}

export interface Run {
  /** Tokens that it reads. */
  count: number;
  /** Tokens that are read right behind them, which there shall be room for as well. */
  behind: number;
  /** Shapes of what a greedy run leaves on the device besides the state, by its outputs; absent in other runs. */
  written?: Readonly<Record<string, readonly number[]>>;
}

/** Where a run writes. */
export interface Room {
  /** The state's tensors afterwards. The run takes its caches from here as well, where they can be seen already. */
  byName: ReadonlyMap<string, Tensor>;
  space: CacheSpace<Caches>;
  /** All of that and what else stays, by the outputs that write it. */
  into: Readonly<Record<string, Tensor>>;
  /** To be called once nothing of it is read any more. */
  free: () => void;
}

/** Sets of tensors that wait for later runs: where several runs are on their way, each reads one and writes another. */
const mostSpare = 2;

/** Whether runs of a model need room, as they would make what it keeps anew otherwise, however much it is. */
export function needsRoom({ onDevice, windows }: StateLayout): boolean {
  return onDevice && windows.some(growing);
}

/**
 * Memory on a device that runs write into, for models that keep all keys and values: new ones are written behind those that are there
 * (see `CacheSpace`). A session that is given memory for one output wants it for all that stay, so the rest of a state lies in sets of
 * tensors that are used again and again.
 */
export class DeviceRoom {
  private readonly caches: StateLayout;
  private readonly spare: Record<string, Tensor>[] = [];
  private making: Promise<Session> | undefined;
  private enlarging: Promise<Session> | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly session: Session,
  ) {
    this.caches = { ...layout, recurrent: [], windows: layout.windows.filter(growing) };
  }

  async reserve(before: Before, { count, behind, written }: Run): Promise<Room> {
    const made = this.spare.pop() ?? (await this.make());
    const length = before.length + count;
    let space: CacheSpace<Caches>;
    try {
      space = await this.hold(before, count, behind);
    } catch (error) {
      this.spare.push(made);
      throw error;
    }
    const { session } = this;
    const byName = new Map<string, Tensor>();
    for (const [name, shape] of stateShapes(this.layout, length)) {
      const cache = space.content.get(name);
      byName.set(name, cache ? session.view(cache, cache.dims) : session.view(made[`${name}.next`]!, shape));
    }
    const into = Object.fromEntries([...byName].map(([name, tensor]) => [`${name}.next`, tensor]));
    for (const [name, shape] of Object.entries(written ?? {})) into[name] = session.view(made[name]!, shape);
    if (written)
      for (const name of space.content.keys())
        for (let step = 0; step < greedySteps; step++)
          into[nameInStep(`${name}.next`, step, greedySteps)] = byName.get(name)!;
    const free = () => {
      if (this.spare.length < mostSpare) this.spare.push(made);
      else disposeAll(Object.values(made));
      if (space.letGo(length)) disposeAll(space.content.values());
    };
    return { byName, space, into, free };
  }

  async close(): Promise<void> {
    for (const made of this.spare.splice(0)) disposeAll(Object.values(made));
    for (const session of [this.making, this.enlarging]) await (await session)?.release();
  }

  /** A space that holds what was there before, and has room for what comes. */
  private async hold(before: Before, count: number, behind: number): Promise<CacheSpace<Caches>> {
    const { length, held } = before;
    const fits = held.space?.takes(length, count + behind);
    const space = fits ? held.space! : await this.enlarge(before, roomyFor(length + count + behind));
    // Nothing may come in between, since what was found to be free is taken here.
    space.hold(length + count);
    return space;
  }

  private async enlarge({ length, held }: Before, tokens: number): Promise<CacheSpace<Caches>> {
    const { provider } = this.session;
    const onDevice = nextTensors(this.caches);
    const session = await (this.enlarging ??= openGraph(enlargingGraph(this.caches), provider, { onDevice }));
    const feeds = enlargingFeeds(session, this.caches, held.byName, length, tokens);
    const outputs = await session.run(feeds, onDevice);
    const enlarged = stateTensors(this.caches).map((name): [string, Tensor] => [
      name,
      outputs[`${name}.next`]!,
    ]);
    return new CacheSpace(tokens, new Map(enlarged));
  }

  /** Tensors for all that stays but the caches, by the outputs that write them, as large as they ever are. */
  private async make(): Promise<Record<string, Tensor>> {
    const { layout, session } = this;
    const shapes = {
      ...largestShapes({ ...layout, windows: layout.windows.filter((window) => !growing(window)) }),
      ...writtenShapes(layout, session.lastSize(names.logits), mostRuns, mostRuns - 1),
    };
    const onDevice = Object.keys(shapes);
    this.making ??= openGraph(makingGraph(shapes), session.provider, { onDevice });
    const maker = await this.making;
    return maker.run({ zero: maker.float32(new Float32Array(1), [1]) }, onDevice);
  }
}

/** Once windows are full. */
function largestShapes(layout: StateLayout): Record<string, readonly number[]> {
  const shapes = [...stateShapes(layout, Infinity)];
  return Object.fromEntries(shapes.map(([name, shape]) => [`${name}.next`, shape]));
}

function disposeAll(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) tensor.dispose();
}

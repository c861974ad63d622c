import { probeOutput } from '../graph/model-graph';
import { names, type StateLayout } from '../graph/states';
import type { Session, Tensor } from './session';
import { dropRings, layRings, type StateData } from './state-data';

export interface BlockOutput {
  /** float32 [wanted, vocabulary]: logits of the last positions. */
  logits: Float32Array;
  /** What the first mixer gave, where the graph was built with the probe. */
  probe?: Float32Array;
}

/** States that keep their rings laid out: the one in front of the user and the one read in the background. */
const statesWithRings = 2;

/** Runs blocks of tokens on states: the only place that knows the graph's inputs and outputs. */
export class BlockRunner {
  /** Most recently run last. */
  private readonly ringed: StateData[] = [];

  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
  ) {}

  /** Reads `ids` (at least one) into `state`; gives the logits of the last `wanted` positions. */
  async run(state: StateData, ids: readonly number[], wanted = 1): Promise<BlockOutput> {
    const rings = this.ringsOf(state);
    const outputs = await this.session.run(this.feeds(state, ids, wanted));
    const recurrent = this.layout.recurrent.map(({ name }): [string, Float32Array] => [
      name,
      floats(outputs, `${name}.next`),
    ]);
    const windows = this.layout.windows.map(({ name }, i) => {
      const fresh = {
        keys: floats(outputs, `${name}.keys.new`),
        values: floats(outputs, `${name}.values.new`),
      };
      return rings[i]!.append(state.windows[i]!, state.length, fresh, ids.length);
    });
    const logits = floats(outputs, names.logits);
    state.recurrent = new Map(recurrent);
    state.windows = windows;
    state.length += ids.length;
    state.logits = wanted === 1 ? logits : logits.slice(logits.length - logits.length / wanted);
    const probe = outputs[probeOutput];
    return probe ? { logits, probe: probe.data as Float32Array } : { logits };
  }

  /** Bytes of the rings that are laid out. */
  get ringBytes(): number {
    return this.ringed.flatMap(({ rings }) => rings ?? []).reduce((sum, ring) => sum + ring.bytes, 0);
  }

  /** Forgets a state that is no longer used. */
  forget(state: StateData): void {
    const at = this.ringed.indexOf(state);
    if (at >= 0) this.ringed.splice(at, 1);
  }

  private feeds(state: StateData, ids: readonly number[], wanted: number): Record<string, Tensor> {
    const { session, layout } = this;
    const feeds: Record<string, Tensor> = {
      [names.ids]: session.int64(...ids),
      [names.position]: session.int64(state.length),
      [names.wanted]: session.int64(wanted),
    };
    for (const { name, shape } of layout.recurrent)
      feeds[name] = session.float32(state.recurrent.get(name)!, shape);
    for (const [i, { name, window, keyValueHeads, headSize }] of layout.windows.entries()) {
      const { slots, keys, values, positions } = state.rings![i]!;
      feeds[`${name}.keys`] = session.float32(keys, [keyValueHeads, slots, headSize]);
      feeds[`${name}.values`] = session.float32(values, [keyValueHeads, slots, headSize]);
      feeds[names.slots(window)] ??= session.float32(positions, [slots]);
    }
    return feeds;
  }

  private ringsOf(state: StateData) {
    this.forget(state);
    this.ringed.push(state);
    state.rings ??= layRings(state, this.layout);
    while (this.ringed.length > statesWithRings) dropRings(this.ringed.shift()!);
    return state.rings;
  }
}

function floats(outputs: Record<string, Tensor>, name: string): Float32Array {
  const tensor = outputs[name];
  if (!tensor) throw new Error(`The graph gave no output "${name}"`);
  return tensor.data as Float32Array;
}

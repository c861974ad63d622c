import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blocks } from '../../../runtime/graph/blocks';
import { GraphBuilder } from '../../../runtime/graph/builder';
import type { LayerContext, Provider, RunKind } from '../../../runtime/graph/context';
import { modalConvolution, type ModalFilter } from '../../../runtime/graph/modal-convolution';
import { noStates } from '../../../runtime/graph/model-graph';
import { openSession } from '../../../runtime/inference/session';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { temporaryFolder } from '../fixtures/model-folder';

const channels = 6;
const random = seededRandom(11);
const root = temporaryFolder();
afterAll(() => root.remove());

function numbers(length: number): Float32Array {
  return Float32Array.from({ length }, () => 2 * random() - 1);
}

/** Poles that forget at once, in some tokens, in a thousand and more, and never. */
const reaches = [0, 0.5, 0.9, 0.99, 0.999, 0.99999, 1];

function filterOf(modes: number) {
  const poles = new Float32Array(2 * channels * modes);
  for (let i = 0; i < channels * modes; i++) {
    const [size, angle] = [reaches[i % reaches.length]!, i % 3 === 0 ? 0 : (i * 0.37) % Math.PI];
    poles.set([size * Math.cos(angle), size * Math.sin(angle)], 2 * i);
  }
  return { modes, poles, residues: numbers(poles.length), skip: numbers(channels) };
}

type Filter = ReturnType<typeof filterOf>;

interface Convolved {
  y: ArrayLike<number>;
  state: ArrayLike<number>;
}

/** The recurrence as it is written down, in float64. */
function expected(
  { modes, poles, residues, skip }: Filter,
  u: Float32Array,
  before: Float32Array,
): Convolved {
  const y = new Float64Array(u.length);
  const state = Float64Array.from(before);
  for (let at = 0; at < u.length; at++) {
    const channel = at % channels;
    y[at] = skip[channel]! * u[at]!;
    for (let mode = 0; mode < modes; mode++) {
      const pole = 2 * (channel * modes + mode);
      const [re, im] = [2 * mode * channels + channel, (2 * mode + 1) * channels + channel];
      const [x, z] = [state[re]!, state[im]!];
      state[re] = poles[pole]! * x - poles[pole + 1]! * z + u[at]!;
      state[im] = poles[pole]! * z + poles[pole + 1]! * x;
      y[at]! += residues[pole]! * state[re] - residues[pole + 1]! * state[im];
    }
  }
  return { y, state };
}

interface Form {
  provider: Provider;
  run?: RunKind;
}

function graphOf(modes: number, { provider, run }: Form): GraphBuilder {
  const graph = new GraphBuilder();
  const input = graph.input('u', 'float32', ['T', channels]);
  const context: Partial<LayerContext> = { graph, provider, run, prefix: 'm', states: noStates(provider) };
  const described: ModalFilter = { kind: 'modal', modes, poles: 'poles', residues: 'residues' };
  const output = modalConvolution(context as LayerContext, input, described, channels, 'skip');
  graph.output(output, 'y', 'float32', ['T', channels]);
  return graph;
}

/** By the graph for a kind of run, on the CPU; of one for a token, token by token. */
async function computed(
  filter: Filter,
  u: Float32Array,
  before: Float32Array,
  form: Form,
): Promise<Convolved> {
  const { modes } = filter;
  const graph = graphOf(modes, form);

  const parts: Uint8Array[] = [];
  const places = new Map<string, { location: string; offset: number; length: number }>();
  let offset = 0;
  for (const tensor of graph.storedTensors()) {
    const data = tensor.make((name) => filter[name as 'poles' | 'residues' | 'skip']);
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    places.set(tensor.name, { location: 'weights', offset, length: data.byteLength });
    offset += data.byteLength;
  }
  writeFileSync(path.join(root.path, 'weights'), Buffer.concat(parts));
  const graphPath = path.join(root.path, 'graph.onnx');
  writeFileSync(
    graphPath,
    graph.finish('test', ({ name }) => places.get(name)!),
  );
  const session = await openSession({ graphPath, threads: 1 });
  try {
    const size = form.run === 'token' ? channels : u.length;
    const y: number[] = [];
    let state = session.float32(before, [2 * modes, channels]);
    for (let at = 0; at < u.length; at += size) {
      const rows = session.float32(u.subarray(at, at + size), [size / channels, channels]);
      const outputs = await session.run({ u: rows, 'm.state': state }, ['y', 'm.state.next']);
      y.push(...(outputs.y!.data as Float32Array));
      state = outputs['m.state.next']!;
    }
    return { y, state: state.data as Float32Array };
  } finally {
    await session.release();
  }
}

/** Largest error, as a share of the largest number. */
function errorOf(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  expect(found.length).toBe(exact.length);
  let [error, size] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    error = Math.max(error, Math.abs(found[i]! - exact[i]!));
    size = Math.max(size, Math.abs(exact[i]!));
  }
  return error / size;
}

const forms = [
  ['loops on the CPU', { provider: 'cpu' }, [1, 16, 100, 2048]],
  ['powers of poles', { provider: 'webgpu' }, [1, 16, 64]],
  ['a token', { provider: 'webgpu', run: 'token' }, [1, 500]],
  ['chunks of a block', { provider: 'webgpu', run: 'block' }, [512, 576, blocks.longest]],
] as const;

describe.each(forms)('%s', (_, form, lengths) => {
  test.each([1, 2, 5, 8])(
    '%d modes: what the recurrence gives, poles on the unit circle included',
    async (modes) => {
      const filter = filterOf(modes);
      for (const length of lengths) {
        const [u, before] = [numbers(length * channels), numbers(2 * modes * channels)];
        const [found, exact] = [await computed(filter, u, before, form), expected(filter, u, before)];
        expect(errorOf(found.y, exact.y)).toBeLessThan(5e-6);
        expect(errorOf(found.state, exact.state)).toBeLessThan(5e-6);
      }
    },
  );
});

test('a token of more modes than linear attention takes on a device goes without it', () => {
  const operators = (modes: number) =>
    Buffer.from(
      graphOf(modes, { provider: 'webgpu', run: 'token' }).finish('test', () => ({
        location: 'weights',
        offset: 0,
        length: 1,
      })),
    ).toString('latin1');
  expect(operators(128)).toContain('LinearAttention');
  expect(operators(129)).not.toContain('LinearAttention');
});

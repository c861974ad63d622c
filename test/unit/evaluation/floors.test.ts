import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { measureDevice } from '../../../runtime/evaluation/device-speed';
import { dispatchesOf, type TraceEvent } from '../../../runtime/evaluation/dispatches';
import { floorsOf, touchedState, touchedWeights } from '../../../runtime/evaluation/floors';
import { noStates } from '../../../runtime/graph/model-graph';
import { planCompilation } from '../../../runtime/models/compile';
import { randomConfig } from '../../../runtime/models/random-model';
import { graniteMixture } from '../fixtures/tiny-families';

const device = { copyGBs: 2000, dispatchMicroseconds: 8 };

test('the larger floor counts', () => {
  const small = floorsOf(4, device, { weightBytes: 40e6, stateBytes: 10e6, dispatches: 250 });
  expect(small).toEqual({
    ...device,
    weightMB: 40,
    touchedStateMB: 10,
    dispatches: 250,
    bytesMs: 0.025,
    dispatchMs: 2,
    ratio: 2,
  });
  const large = floorsOf(4, device, { weightBytes: 5e9, stateBytes: 3e9, dispatches: 250 });
  expect(large).toMatchObject({ bytesMs: 4, dispatchMs: 2, ratio: 1 });
});

test('where dispatches are not counted, bytes alone are a floor', () => {
  const found = floorsOf(10, { ...device, copyGBs: 10 }, { weightBytes: 50e6, stateBytes: 0 });
  expect(found).toMatchObject({ bytesMs: 5, ratio: 2 });
  expect(found.dispatchMs).toBeUndefined();
});

/** Bytes of each stored tensor. */
function stored(config: unknown, precision: 'int4' | 'int8', provider: 'cpu' | 'webgpu') {
  const model = describeModel(config);
  const { layout } = planCompilation(model, precision, 'test', { provider });
  const sizes = new Map(layout.tensors.map(({ name, length }) => [name, length]));
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { model, sizes, all, touched: touchedWeights(sizes, model, provider) };
}

test('a token needs all weights but an embedding of its own', () => {
  const tied = stored(randomConfig('random:striped-76m'), 'int4', 'webgpu');
  expect(tied.touched).toBe(tied.all);
  const { all, touched } = stored(randomConfig('random:stripedhyena-7b'), 'int4', 'webgpu');
  const embedding = 32000 * 4096 * (1 + 4 / 128);
  expect(all - touched).toBe(embedding);
});

test('on the CPU it needs the experts that it chooses', () => {
  const cpu = stored(graniteMixture, 'int8', 'cpu');
  const channels = cpu.model.layers.flatMap(({ channel }) => (channel?.kind === 'moe' ? [channel] : []));
  const { experts, perToken } = channels[0]!;
  const ofExperts = [...cpu.sizes].filter(([name]) =>
    /\.experts\.gate_up|block_sparse_moe\.output_linear/.test(name),
  );
  const bytes = ofExperts.reduce((sum, [, size]) => sum + size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(cpu.all - cpu.touched).toBeCloseTo(bytes * (1 - perToken / experts), 3);
  const gpu = stored(graniteMixture, 'int8', 'webgpu');
  expect(gpu.touched).toBe(gpu.all);
});

test('of a state recurrent parts go in and out, and as much of each window is read as there is', () => {
  const layout = {
    ...noStates('webgpu'),
    recurrent: [{ name: 'a', shape: [2, 3] }],
    windows: [
      { name: 'w', window: 100, keyValueHeads: 2, headSize: 8 },
      { name: 'all', window: Infinity, keyValueHeads: 1, headSize: 8 },
    ],
  };
  expect(touchedState(layout, 50)).toBe(4 * (12 + 2 * 16 * 50 + 2 * 8 * 50));
  expect(touchedState(layout, 1000)).toBe(4 * (12 + 2 * 16 * 100 + 2 * 8 * 1000));
});

test('dispatches are the programs that ran, or else the operators that are no views', () => {
  const node = (operator: string): TraceEvent => ({
    cat: 'Node',
    name: `${operator}.1_kernel_time`,
    args: { op_name: operator },
  });
  const run: TraceEvent = { cat: 'Session', name: 'model_run' };
  const program: TraceEvent = { cat: 'Api', name: '1:Add&Add&Add' };
  const operators = ['Add', 'Reshape', 'MatMulNBits', 'Squeeze'].map(node);
  expect(dispatchesOf([run, ...operators, run, ...operators])).toBe(4);
  expect(dispatchesOf([run, ...operators, program, program, program, run, program])).toBe(4);
});

test('a device is measured by what a further operator adds', async () => {
  const { copyGBs, dispatchMicroseconds } = await measureDevice('cpu', 1, 1 << 18);
  expect(copyGBs).toBeGreaterThan(0.1);
  expect(dispatchMicroseconds).toBeGreaterThanOrEqual(0);
  expect(dispatchMicroseconds).toBeLessThan(10_000);
});

import { describe, expect, test } from 'vitest';
import type { StateLayout } from '../../../runtime/graph/states';
import { nextBlock } from '../../../runtime/inference/placing';

function layout(window: number): StateLayout {
  const states = { recurrent: [], pending: [], rotations: [], longestRun: Infinity, onDevice: true };
  return { ...states, windows: [{ name: 'w', window, keyValueHeads: 8, headSize: 128 }] };
}

const sizes = { cpu: 64, device: { longest: 512, states: layout(64) } };
const at = (left: number, onDevice = false, length = 0) => ({ left, length, onDevice });

describe('the next block', () => {
  test('is the CPU’s where no device is open', () => {
    expect(nextBlock(at(5000), { cpu: 64 })).toEqual({ count: 64, onDevice: false });
    expect(nextBlock(at(5000, true), { cpu: 64 })).toEqual({ count: 64, onDevice: false });
    expect(nextBlock(at(9), { cpu: 64 })).toEqual({ count: 9, onDevice: false });
  });

  test('is the device’s in a long text', () => {
    expect(nextBlock(at(511), sizes)).toEqual({ count: 64, onDevice: false });
    expect(nextBlock(at(512), sizes)).toEqual({ count: 512, onDevice: true });
    expect(nextBlock(at(5000), sizes)).toEqual({ count: 512, onDevice: true });
  });

  test('stays where the state is, unless it is short', () => {
    expect(nextBlock(at(511, true), sizes)).toEqual({ count: 511, onDevice: true });
    expect(nextBlock(at(64, true), sizes)).toEqual({ count: 64, onDevice: true });
    expect(nextBlock(at(63, true), sizes)).toEqual({ count: 63, onDevice: false });
  });

  test('is the CPU’s where the state is too large to cross', () => {
    // Keys and values of a token: 2 × 8 heads × 128 numbers of 4 bytes.
    const endless = { cpu: 64, device: { longest: 2048, states: layout(Infinity) } };
    const most = 2 ** 29 / (2 * 8 * 128 * 4);
    expect(nextBlock(at(9000, true, most - 2048), endless).onDevice).toBe(true);
    expect(nextBlock(at(9000, true, most - 2047), endless)).toEqual({ count: 64, onDevice: false });
    expect(nextBlock(at(9000, true, most), sizes).onDevice).toBe(true);
  });
});
